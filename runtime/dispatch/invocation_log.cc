#include "runtime/dispatch/invocation_log.h"

#include "runtime/base/whole_write.h"

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
  if (fd_ == kNowhere) return;
  (void)WriteWhole(fd_, line);  // Nobody reads the log? The invocation goes on.
}

}  // namespace openfc
