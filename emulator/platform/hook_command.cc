#include "emulator/platform/hook_command.h"

#include "emulator/instance_end.h"
#include "runtime/wire/fault.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

namespace openfc::emulator {
namespace {

constexpr std::size_t kLogPiece = 16UL * 1024;
constexpr std::size_t kMostReads = 64;  // In one go: whoever writes on, waits.
constexpr std::chrono::milliseconds kBetweenKills{10};

}  // namespace

Expected<std::unique_ptr<HookCommand>> HookCommand::Start(const InstanceOptions& options,
                                                          std::chrono::seconds timeout,
                                                          PlatformLoop& loop,
                                                          HookCommandListener listener) {
  auto process = Instance::Start(options);
  if (!process) return process.error();
  return std::unique_ptr<HookCommand>(
      new HookCommand(*std::move(process), options.memory_mb, timeout, loop, std::move(listener)));
}

HookCommand::HookCommand(std::unique_ptr<Instance> process, std::int64_t memory_mb,
                         std::chrono::seconds timeout, PlatformLoop& loop,
                         HookCommandListener listener)
    : memory_mb_(memory_mb),
      timeout_(timeout),
      listener_(std::move(listener)),
      process_(std::move(process)),
      log_(process_->TakeLog()),
      deadline_(loop, [this] { OnDeadline(); }) {
  deadline_.Set(Deadline::After(timeout));
  log_watch_ = std::make_unique<FdWatch>(loop, log_.get(), EPOLLIN, [this] { ReadLog(); });
  exit_watch_ = std::make_unique<FdWatch>(loop, process_->pidfd(), EPOLLIN, [this] { OnExit(); });
}

void HookCommand::ReadLog() {
  std::array<char, kLogPiece> piece;
  for (std::size_t reads = 0; reads < kMostReads; ++reads) {
    const ssize_t count = ::read(log_.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) log_watch_.reset();
    if (count <= 0) return;
    listener_.when_log(std::string_view(piece.data(), static_cast<std::size_t>(count)));
  }
}

void HookCommand::OnExit() {
  const auto& end = process_->TryReap();
  if (!end) return;
  exit_watch_.reset();
  deadline_.Clear();
  ReadLog();
  Outcome outcome = Response{};
  if (is_late_) {
    outcome = wire::FunctionTimeout(timeout_.count());
  } else if (end->ShellCode() != 0) {
    outcome = FailureOfEnd(*end, {}, process_->WasOutOfMemory(), memory_mb_);
  }
  const auto when_over = listener_.when_over;  // It may destroy this.
  when_over(std::move(outcome));
}

/// The first time it is too late, then a further round of killing it is due.
void HookCommand::OnDeadline() {
  is_late_ = true;
  if (process_->TryKill()) {
    OnExit();
  } else {
    deadline_.Set(Deadline::After(kBetweenKills));
  }
}

}  // namespace openfc::emulator
