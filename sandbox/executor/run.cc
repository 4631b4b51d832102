#include "sandbox/executor/run.h"

#include <signal.h>

namespace openfc::sandbox {
namespace {

constexpr int kShellTimeout = 124;  // What timeout(1) exits with.
constexpr int kShellSignal = 128;

}  // namespace

std::string_view NameOf(RunEnd end) {
  switch (end) {
    case RunEnd::kExited:
      return "exited";
    case RunEnd::kSignalled:
      return "signalled";
    case RunEnd::kTimedOut:
      return "timed_out";
    case RunEnd::kCpuTimedOut:
      return "cpu_timed_out";
    case RunEnd::kOutOfMemory:
      return "out_of_memory";
    case RunEnd::kCancelled:
      return "cancelled";
    case RunEnd::kFailed:
      break;
  }
  return "failed";
}

int RunOutcome::ShellCode() const {
  switch (end) {
    case RunEnd::kExited:
      return exit_code;
    case RunEnd::kSignalled:
      return kShellSignal + signal;
    case RunEnd::kTimedOut:
    case RunEnd::kCpuTimedOut:
      return kShellTimeout;
    case RunEnd::kOutOfMemory:
    case RunEnd::kCancelled:
      return kShellSignal + SIGKILL;
    case RunEnd::kFailed:
      break;
  }
  return kShellSignal - 2;  // 126: found, and could not be run.
}

}  // namespace openfc::sandbox
