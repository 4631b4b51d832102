#include "tests/conformance/tcp_state.h"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

namespace openfc::testing {

int CountKeepAliveTimers(std::uint16_t port) {
  // Columns of /proc/net/tcp: slot, local and remote address, state, queues, timer:when.
  char remote[16];
  std::snprintf(remote, sizeof(remote), "0100007F:%04X", static_cast<unsigned>(port));
  std::ifstream table("/proc/net/tcp");
  std::string line;
  int count = 0;
  while (std::getline(table, line)) {
    std::istringstream columns(line);
    std::string slot, local, peer, state, queues, timer;
    columns >> slot >> local >> peer >> state >> queues >> timer;
    if (peer == remote && state == "01" && timer.starts_with("02:")) ++count;
  }
  return count;
}

}  // namespace openfc::testing
