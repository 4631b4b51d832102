#include "tests/soak/verdict.h"

#include <iostream>
#include <stdexcept>

namespace openfc::soak {

int RunToVerdict(HostilePlatform& platform, Conduct& conduct, const Ledger& ledger,
                 Instance& instance, std::chrono::seconds patience) {
  constexpr std::size_t kShown = 20;
  constexpr int kStoppedExit = 143;
  std::vector<std::string> faults;
  try {
    platform.Run(conduct, patience);
    const int exit_code = instance.Stop();
    if (exit_code != kStoppedExit) {
      faults.push_back("rloader's exit code was " + std::to_string(exit_code));
    }
  } catch (const std::runtime_error& error) {
    faults.emplace_back(error.what());
  }
  for (auto& fault : ledger.Faults()) faults.push_back(std::move(fault));
  std::cout << ledger.size() << " invocations, " << faults.size() << " faults\n";
  for (std::size_t i = 0; i < faults.size() && i < kShown; ++i) std::cout << faults[i] << "\n";
  if (!faults.empty()) std::cout << "The end of the instance's log:\n" << instance.LogTail();
  return faults.empty() ? 0 : 1;
}

std::string HandlerCode() {
  return R"(
import os
import signal
import time

RUNS = os.open(os.environ["SOAK_RUNS"], os.O_WRONLY)

def handler(event, context):
    os.write(RUNS, ("%s %d\n" % (context.request_id, os.getpid())).encode())
    word = event[:event.find(b" ")]
    if word == b"exit":
        os._exit(3)
    if word == b"abort":
        os.abort()
    if word == b"segv":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == b"kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == b"wait":
        time.sleep(600)
    return event
)";
}

}  // namespace openfc::soak
