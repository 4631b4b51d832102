// The template without Python: workers are plain forks of a process of the test's.

#include "bootstrap/workers/template_process.h"

#include "runtime/page/signals.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <latch>
#include <thread>

namespace openfc::bootstrap {
namespace {

Expected<pid_t> PlainFork() {
  const pid_t pid = ::fork();
  if (pid < 0) return SystemError("cannot fork", errno);
  return pid;
}

class TemplateProcessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto page = SharedPage::Create();
    ASSERT_TRUE(page);
    page_ = *std::move(page);
  }

  /// The exit code of a template in a process of its own, whose workers do `work`, which never
  /// returns.
  int ExitCodeWith(std::size_t workers, const std::function<void(std::size_t)>& work,
                   const std::function<Expected<pid_t>()>& fork = PlainFork) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      const auto end =
          TemplateProcess(*page_, {.workers = workers, .wake_fd = {}, .fork = fork}).Run();
      if (const auto* worker = std::get_if<TemplateProcess::Worker>(&end)) work(worker->place);
      const auto* over = std::get_if<TemplateProcess::End>(&end);
      ::_exit(over != nullptr ? over->exit_code : 99);
    }
    int status = -1;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::unique_ptr<SharedPage> page_;
};

TEST_F(TemplateProcessTest, EndsWellOnceDrainedWorkersHaveEnded) {
  EXPECT_EQ(ExitCodeWith(2,
                         [this](std::size_t place) {
                           page_->MarkPolling();  // Or five ends of one would be a failed start.
                           if (place == 1) page_->MarkDraining();
                           ::_exit(0);
                         }),
            0);
}

TEST_F(TemplateProcessTest, ReplacesAWorkerThatDiedAfterItsFirstPoll) {
  EXPECT_EQ(ExitCodeWith(2,
                         [this](std::size_t place) {
                           page_->MarkPolling();
                           const auto row = page_->Receive("r-" + std::to_string(place), 0, {});
                           const auto starts = page_->workers().pid(WorkerTable::kMost - 1) + 1;
                           page_->workers().Enter(WorkerTable::kMost - 1, starts);
                           if (starts >= 12) page_->MarkDraining();
                           ::_exit(row ? 3 : 4);
                         }),
            0);
  EXPECT_GE(page_->workers().pid(WorkerTable::kMost - 1), 12);
}

TEST_F(TemplateProcessTest, GivesUpOnWorkersThatNeverPoll) {
  EXPECT_EQ(ExitCodeWith(2, [](std::size_t) { ::_exit(0); }), 1);
}

/// The first end has come, and the other thread has taken the news of it.
void AwaitAnEndThatGoesUnheard() {
  siginfo_t ended{};
  ::waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT);
  sigset_t pending;
  do {
    ::sigpending(&pending);
  } while (::sigismember(&pending, SIGCHLD) != 0);
}

/// A thread, as an import may leave one, to which the kernel gives what the template is told
/// meanwhile.
void LeaveAThreadThatHearsOfEnds() {
  static std::latch hears(1);
  static const std::jthread thread([] {
    sigset_t ends;
    ::sigemptyset(&ends);
    ::sigaddset(&ends, SIGCHLD);
    ::pthread_sigmask(SIG_UNBLOCK, &ends, nullptr);
    hears.count_down();
    while (true) ::pause();
  });
  hears.wait();
}

TEST_F(TemplateProcessTest, NoticesAnEndThatAnotherThreadWasToldOf) {
  int forks = 0;
  const auto fork = [&forks]() -> Expected<pid_t> {
    if (++forks == 1) LeaveAThreadThatHearsOfEnds();
    if (forks == 2) AwaitAnEndThatGoesUnheard();
    return PlainFork();
  };

  const int exit_code = ExitCodeWith(
      2,
      [](std::size_t place) {
        while (place == 1) ::pause();
        ::_exit(0);
      },
      fork);

  EXPECT_EQ(exit_code, 1);
}

TEST_F(TemplateProcessTest, EndsAsAWorkerThatWasRefused) {
  EXPECT_EQ(ExitCodeWith(2,
                         [this](std::size_t place) {
                           if (place == 0) {
                             ::pause();
                           }
                           page_->MarkRefused();
                           ::_exit(70);
                         }),
            70);
}

TEST_F(TemplateProcessTest, TakesNoRefusalFromAWorkerThatOnlyHasTheExitCode) {
  EXPECT_EQ(ExitCodeWith(2, [](std::size_t) { ::_exit(70); }), 1);
}

TEST_F(TemplateProcessTest, GivesEachWorkerItsPartOfThePage) {
  EXPECT_EQ(ExitCodeWith(2,
                         [this](std::size_t place) {
                           const auto row = page_->Receive("r", 0, {});
                           const bool is_own = row && page_->PartOf(*row).index == place &&
                                               page_->workers().pid(place) == ::getpid();
                           page_->MarkDraining();
                           ::_exit(is_own ? 0 : 5);
                         }),
            0);
}

TEST_F(TemplateProcessTest, LeavesTheSignalsOfAWorkerAsTheyWere) {
  EXPECT_EQ(ExitCodeWith(1,
                         [this](std::size_t) {
                           sigset_t mask;
                           ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
                           const bool is_blocked = ::sigismember(&mask, SIGCHLD) != 0 ||
                                                   ::sigismember(&mask, DrainSignal()) != 0;
                           if (!is_blocked) page_->MarkDraining();
                           ::_exit(0);
                         }),
            0);
}

}  // namespace
}  // namespace openfc::bootstrap
