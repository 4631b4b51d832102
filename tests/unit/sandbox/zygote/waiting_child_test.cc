#include "sandbox/zygote/waiting_child.h"

#include "sandbox/wire/channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace openfc::sandbox {
namespace {

/// Its child has only its own end of the link, and ends with what `inside` returns.
std::unique_ptr<WaitingChild> ForkWaiting(const std::function<int(int)>& inside) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return nullptr;
  UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    ours.Reset();
    ::_exit(inside(theirs.get()));
  }
  return std::make_unique<WaitingChild>(child, std::move(ours));
}

bool SaysThatItEntered(int link) {
  const EntryReport report;
  return ::write(link, &report, sizeof(report)) > 0;
}

int StatusOf(pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Both ends of a pipe.
struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return;
    reader = UniqueFd(ends[0]);
    writer = UniqueFd(ends[1]);
  }
  std::string Read() {
    writer.Reset();
    std::array<char, 256> text{};
    const ssize_t size = ::read(reader.get(), text.data(), text.size());
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }
  UniqueFd reader;
  UniqueFd writer;
};

RunLetter LetterFor(const Pipe& output) {
  RunLetter letter{.announcement = {.socket = -1, .run = 7}, .entry = {}};
  letter.entry.descriptors[1] = output.writer.get();
  constexpr std::string_view kDirectory = "/somewhere";
  std::copy(kDirectory.begin(), kDirectory.end(), letter.entry.directory.begin());
  return letter;
}

UniqueFd PayloadOf(const std::string& code) {
  RunPayload payload;
  payload.code = code;
  return MemoryFile(PackPayload(payload)).value();
}

TEST(WaitingChildTest, BecomesTheRunThatItIsTold) {
  Pipe output;
  const auto child = ForkWaiting([](int link) {
    const auto run = ReceiveRun(link);
    if (!run) return 1;
    const std::string words = run->payload.code + " in " + run->letter.entry.directory.data();
    const int out = run->letter.entry.descriptors[1];
    const bool is_well = ::write(out, words.data(), words.size()) > 0 &&
                         run->letter.announcement.run == 7 &&
                         run->letter.entry.descriptors[0] == -1 && SaysThatItEntered(link);
    return is_well ? 42 : 2;
  });

  const auto entered = child->Become(LetterFor(output), PayloadOf("code").get());

  ASSERT_TRUE(entered) << entered.error().message;
  EXPECT_EQ(entered->report.step, EntryStep::kDone);
  EXPECT_EQ(output.Read(), "code in /somewhere");
  EXPECT_EQ(StatusOf(entered->pid), 42);
}

TEST(WaitingChildTest, IsGoneWhenItIsKilledBeforeItSaysThatItEntered) {
  const Pipe output;
  const auto child = ForkWaiting([](int link) { return ReceiveRun(link) ? 0 : 1; });

  const auto entered = child->Become(LetterFor(output), PayloadOf("").get());

  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().code, ErrorCode::kUnavailable);
}

TEST(WaitingChildTest, IsAsGoodAsGoneWhenItComesToNoEntry) {
  const Pipe output;
  const auto child = ForkWaiting([](int link) {
    const auto run = ReceiveRun(link);
    while (run) ::pause();
    return 1;
  });

  const auto entered =
      child->Become(LetterFor(output), PayloadOf("").get(), std::chrono::seconds(0));

  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().code, ErrorCode::kUnavailable);
  EXPECT_GT(child->pid(), 0);
}

TEST(WaitingChildTest, TellsWhichStepOfTheEntryFailed) {
  const Pipe output;
  const auto child = ForkWaiting([](int link) {
    const auto run = ReceiveRun(link);
    const EntryReport report{.step = EntryStep::kLandlock, .error_number = EPERM};
    return ::write(link, &report, sizeof(report)) > 0 ? 0 : 1;
  });

  const auto entered = child->Become(LetterFor(output), PayloadOf("").get());

  ASSERT_TRUE(entered);
  EXPECT_EQ(entered->report.step, EntryStep::kLandlock);
  EXPECT_EQ(entered->report.error_number, EPERM);
  EXPECT_EQ(StatusOf(entered->pid), 0);
}

TEST(WaitingChildTest, KnowsWhatItHadUsedOfTheProcessorBefore) {
  const Pipe output;
  const Pipe worked;
  const auto child = ForkWaiting([&](int link) {
    constexpr std::clock_t kEnough = CLOCKS_PER_SEC / 50;
    while (std::clock() < kEnough) {
    }
    (void)!::write(worked.writer.get(), "x", 1);
    return ReceiveRun(link) && SaysThatItEntered(link) ? 0 : 1;
  });
  char byte = 0;
  ASSERT_EQ(::read(worked.reader.get(), &byte, 1), 1);

  const auto entered = child->Become(LetterFor(output), PayloadOf("").get());

  ASSERT_TRUE(entered);
  EXPECT_GE(entered->processor_before, std::chrono::milliseconds(19));
  EXPECT_EQ(StatusOf(entered->pid), 0);
}

TEST(WaitingChildTest, SaysThatItIsGone) {
  const Pipe output;
  const auto child = ForkWaiting([](int) { return 0; });
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child->pid()), &ended, WEXITED | WNOWAIT), 0);

  const auto entered = child->Become(LetterFor(output), PayloadOf("").get());

  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().code, ErrorCode::kUnavailable);
}

TEST(WaitingChildTest, IsKilledAndReapedWithoutARun) {
  auto child = ForkWaiting([](int link) { return ReceiveRun(link) ? 0 : 1; });
  const pid_t pid = child->pid();

  child.reset();

  EXPECT_EQ(::waitpid(pid, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(WaitingChildTest, HearsThatItsParentIsGone) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
  UniqueFd parent(ends[0]);
  const UniqueFd child(ends[1]);

  parent.Reset();

  const auto run = ReceiveRun(child.get());
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kUnavailable);
}

TEST(WaitingChildTest, SeesThatARunHasCome) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd parent(ends[0]);
  const UniqueFd child(ends[1]);
  ASSERT_FALSE(HasRun(child.get()));
  const UniqueFd payload = PayloadOf("code");
  const std::array<int, 1> travelling{payload.get()};

  ASSERT_TRUE(SendMessage(parent.get(), RunLetter{}, travelling));

  EXPECT_TRUE(HasRun(child.get()));
  EXPECT_EQ(ReceiveRun(child.get()).value().payload.code, "code");
}

}  // namespace
}  // namespace openfc::sandbox
