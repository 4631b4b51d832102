#include "runtime/dispatch/invocation_log.h"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

namespace openfc {
namespace {

std::string_view NameOf(InvocationType type) {
  switch (type) {
    case InvocationType::kInvoke:
      return "FC Invoke ";
    case InvocationType::kInitialize:
      return "FC Initialize ";
    case InvocationType::kPreStop:
      return "FC PreStop ";
    case InvocationType::kPreFreeze:
      return "FC PreFreeze ";
  }
  return "FC Invoke ";
}

}  // namespace

void InvocationLog::RuntimeInited(std::string_view runtime) const {
  Write(std::string("FunctionCompute ").append(runtime).append(" runtime inited.\n"));
}

void InvocationLog::Start(InvocationType type, std::string_view request_id) const {
  Write(std::string(NameOf(type)).append("Start RequestId: ").append(request_id).append("\n"));
}

void InvocationLog::End(InvocationType type, std::string_view request_id, bool is_error) const {
  Write(std::string(NameOf(type))
            .append("End RequestId: ")
            .append(request_id)
            .append(is_error ? ", Error: Unhandled function error\n" : "\n"));
}

void InvocationLog::Write(std::string_view line) const {
  while (!line.empty() && fd_ != kNowhere) {
    const ssize_t written = ::write(fd_, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;  // Nobody reads the log: the invocation goes on.
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace openfc
