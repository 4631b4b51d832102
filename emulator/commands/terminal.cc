#include "emulator/commands/terminal.h"

#include "runtime/base/whole_write.h"

#include <unistd.h>

#include <system_error>

namespace openfc::emulator {
namespace {

constexpr int kUsageExit = 2;
constexpr int kOutputExit = 74;  // EX_IOERR: there is a result, but nowhere to put it.

}  // namespace

void Say(std::string_view text) { WriteToStderr("fclocal: " + std::string(text) + "\n"); }

void WriteToStderr(std::string_view bytes) { (void)WriteAll(STDERR_FILENO, bytes); }

int WriteOutput(std::string_view what, std::string_view bytes) {
  const int failure = WriteAll(STDOUT_FILENO, bytes);
  if (failure == 0) return 0;
  const std::string reason = std::generic_category().message(failure);
  Say(std::string(what) + " cannot be written to standard output: " + reason);
  return kOutputExit;
}

bool IsOnTerminal() { return ::isatty(STDOUT_FILENO) == 1; }

int RefuseUsage(const Error& error) {
  Say(error.message);
  return kUsageExit;
}

}  // namespace openfc::emulator
