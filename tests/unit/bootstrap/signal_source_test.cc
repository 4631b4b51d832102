#include "bootstrap/rloader/signal_source.h"

#include "runtime/process/child.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

namespace openfc::bootstrap {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

/// Blocks the signals of this thread, and what is left of them is gone afterwards.
class SignalSourceTest : public ::testing::Test {
 protected:
  SignalSourceTest() {
    ::sigprocmask(SIG_SETMASK, nullptr, &before_);
    BlockSignals();
    auto source = SignalSource::Open();
    EXPECT_TRUE(source);
    source_ = *std::move(source);
  }
  ~SignalSourceTest() override {
    (void)source_->Read();
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
  }

  bool IsReadable() {
    pollfd entry{.fd = source_->fd(), .events = POLLIN, .revents = 0};
    return ::poll(&entry, 1, 0) == 1;
  }

  sigset_t before_{};
  std::unique_ptr<SignalSource> source_;
};

TEST_F(SignalSourceTest, IsSilentUntilASignalComes) {
  EXPECT_FALSE(IsReadable());
  EXPECT_THAT(source_->Read(), IsEmpty());
}

TEST_F(SignalSourceTest, TellsSignalAndSender) {
  ::kill(::getpid(), SIGTERM);

  EXPECT_TRUE(IsReadable());
  EXPECT_THAT(source_->Read(), ElementsAre(AllOf(Field(&ReceivedSignal::number, SIGTERM),
                                                 Field(&ReceivedSignal::sender, ::getpid()))));
}

TEST_F(SignalSourceTest, TellsSeveralAtOnce) {
  ::kill(::getpid(), SIGTERM);
  ::kill(::getpid(), SIGINT);
  ::kill(::getpid(), SIGHUP);

  EXPECT_THAT(source_->Read(), ::testing::SizeIs(3));
  EXPECT_FALSE(IsReadable());
}

TEST_F(SignalSourceTest, BlocksEverySignalButTheFaults) {
  sigset_t blocked;
  ::sigprocmask(SIG_SETMASK, nullptr, &blocked);

  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGPIPE, SIGALRM, SIGTSTP, SIGQUIT}) {
    EXPECT_EQ(::sigismember(&blocked, signal), 1) << signal;
  }
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    EXPECT_EQ(::sigismember(&blocked, signal), 0) << signal;
  }
}

TEST(MeaningOfTest, FollowsTheSpecification) {
  for (const int signal : {SIGTERM, SIGINT}) EXPECT_EQ(MeaningOf(signal), SignalMeaning::kStop);
  for (const int signal : {SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT}) {
    EXPECT_EQ(MeaningOf(signal), SignalMeaning::kForward);
  }
  for (const int signal : {SIGCHLD, SIGPIPE, SIGQUIT, SIGTTIN, SIGTTOU, SIGTSTP, SIGALRM}) {
    EXPECT_EQ(MeaningOf(signal), SignalMeaning::kNothing);
  }
}

TEST(IsObeyedTest, TakesTheKernelAndStrangersAtTheirWord) {
  EXPECT_TRUE(IsObeyed({.number = SIGTERM, .sender = 0}));
  EXPECT_TRUE(IsObeyed({.number = SIGTERM, .sender = ::getppid()}));
  EXPECT_TRUE(IsObeyed({.number = SIGTERM, .sender = ::getpid()}));
}

TEST(IsObeyedTest, IgnoresALivingDescendant) {
  auto child = StartChild({.program = "/bin/sh", .arguments = {"-c", "kill -STOP $$"}});
  ASSERT_TRUE(child);

  EXPECT_FALSE(IsObeyed({.number = SIGTERM, .sender = (*child)->pid()}));
}

}  // namespace
}  // namespace openfc::bootstrap
