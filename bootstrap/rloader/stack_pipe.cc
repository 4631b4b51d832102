#include "bootstrap/rloader/stack_pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace openfc::bootstrap {
namespace {

/// faulthandler writes without a pause of its own. Where an answer may take long, the machine is
/// slow.
std::chrono::milliseconds QuietTime(std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kShortest{20};
  constexpr int kPart = 50;
  return std::max(kShortest, patience / kPart);
}

constexpr std::size_t kMostBytes = 256 * 1024;
constexpr int kReadsAtOnce = 32;  // Of 4 KiB: more than a pipe holds, so that a writer never rules.

}  // namespace

StackPipe::StackPipe(UniqueFd read_end, UniqueFd write_end, std::chrono::milliseconds patience)
    : read_end_(std::move(read_end)), write_end_(std::move(write_end)), patience_(patience) {}

Expected<std::unique_ptr<StackPipe>> StackPipe::Create(std::chrono::milliseconds patience) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    return SystemError("cannot make a pipe", errno);
  }
  // Not make_unique: the constructor is private.
  return std::unique_ptr<StackPipe>(new StackPipe(UniqueFd(ends[0]), UniqueFd(ends[1]), patience));
}

void StackPipe::Clear() {
  (void)Read();
  text_.clear();
  give_up_.reset();
}

void StackPipe::BeginWait() {
  Clear();
  give_up_ = Deadline::After(patience_);
  quiet_at_ = Deadline::Never();
}

bool StackPipe::IsComplete() {
  if (!give_up_) return false;
  if (Read()) quiet_at_ = Deadline::After(QuietTime(patience_));
  return quiet_at_.HasPassed() || give_up_->HasPassed();
}

StackDump StackPipe::Take() {
  (void)Read();
  StackDump dump = ParseStacks(text_);
  Clear();
  return dump;
}

std::optional<pollfd> StackPipe::Awaited() const {
  if (!give_up_) return std::nullopt;
  return pollfd{.fd = read_end_.get(), .events = POLLIN, .revents = 0};
}

Deadline StackPipe::NextLook() const {
  return give_up_ ? std::min(*give_up_, quiet_at_) : Deadline::Never();
}

bool StackPipe::Read() {
  bool has_come = false;
  std::array<char, 4096> chunk;
  for (int i = 0; i < kReadsAtOnce; ++i) {
    const ssize_t count = ::read(read_end_.get(), chunk.data(), chunk.size());
    if (count <= 0) break;
    has_come = true;
    const std::size_t room = kMostBytes - std::min(kMostBytes, text_.size());
    text_.append(chunk.data(), std::min(static_cast<std::size_t>(count), room));
  }
  return has_come;
}

}  // namespace openfc::bootstrap
