#include "tests/unit/emulator/tasks/queue_test.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>

namespace openfc::emulator {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TaskRecoveryTest : public QueueTest {
 protected:
  std::string File() const { return (folder_.path() / "tasks.db").string(); }

  /// Another process opens the queue, does `work` and is killed by SIGKILL, at once: nothing of it
  /// is closed or tidied up.
  void InAKilledProcess(const std::function<void()>& work) {
    Close();
    const pid_t pid = ::fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      Reopen();
      if (queue_ && !HasFailure()) work();
      if (HasFailure()) ::_exit(1);
      ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the work failed";
  }

  std::string WhyItDoesNotOpen() {
    const auto opened = TaskQueue::Open(folder_.path().string(), now_);
    return opened ? "it opens" : opened.error().message;
  }
};

TEST_F(TaskRecoveryTest, KeepsEverythingOverARegularEnd) {
  Add({.function = "f", .request_id = "1", .payload = "p"});
  Add({.function = "f", .request_id = "2"});
  Finished(Claimed(), {.answer = "a"});

  Reopen();

  EXPECT_EQ(Found("1").state, TaskState::kSucceeded);
  EXPECT_EQ(Found("1").result, "a");
  EXPECT_EQ(Claimed().request_id, "2");
}

TEST_F(TaskRecoveryTest, LosesNothingOfAProcessThatIsKilled) {
  InAKilledProcess([this] {
    std::vector<NewTask> batch;
    for (int i = 0; i < 1000; ++i) {
      batch.push_back({.function = "f", .request_id = std::to_string(i), .payload = "p"});
    }
    EXPECT_TRUE(queue_->Enqueue(batch, now_));
    for (int i = 0; i < 300; ++i) Finished(Claimed(), {});
    for (int i = 0; i < 50; ++i) Claimed();
  });
  Reopen();

  int due = 0;
  while (const auto task = *queue_->ClaimDue("f", now_)) {
    EXPECT_GE(std::stoi(task->task_id), 300) << "it had succeeded";
    EXPECT_EQ(task->payload, "p");
    EXPECT_EQ(task->attempts, std::stoi(task->task_id) < 350 ? 2 : 1);
    ++due;
  }
  EXPECT_EQ(due, 700);
}

TEST_F(TaskRecoveryTest, TriesAgainAtOnceWhatRan) {
  std::int64_t key = 0;
  Add({.function = "f", .request_id = "1", .max_retries = 0});
  key = Found("1").key;
  InAKilledProcess([this] { Claimed(); });

  Reopen();

  EXPECT_EQ(Found("1").state, TaskState::kRetrying);
  EXPECT_THAT(EventNames(key), ElementsAre("Enqueued", "Running", "Retrying"));
  EXPECT_EQ(queue_->EventsOf(key)->back().detail, "fclocal ended while it ran");
  EXPECT_EQ(Claimed().attempts, 2);
}

TEST_F(TaskRecoveryTest, KeepsThePauseOfWhatWaited) {
  Add({.function = "f", .request_id = "1"});
  InAKilledProcess([this] { Finished(Claimed(), {.result = AttemptResult::kRefused}); });

  Reopen();

  EXPECT_FALSE(IsDue());
  now_ += 500ms;
  EXPECT_TRUE(IsDue());
}

TEST_F(TaskRecoveryTest, HasStoppedWhatWasToBeStopped) {
  Add({.function = "f", .request_id = "1"});
  InAKilledProcess([this] {
    Claimed();
    EXPECT_TRUE(queue_->Stop("f", "1", now_));
  });
  now_ += 1s;

  Reopen();

  EXPECT_EQ(Found("1").state, TaskState::kStopped);
  EXPECT_EQ(Found("1").ended, now_);
}

TEST_F(TaskRecoveryTest, IsRefusedWhileAnotherProcessHasTheFile) {
  Close();
  std::array<int, 2> opened{};
  std::array<int, 2> done{};
  ASSERT_EQ(::pipe(opened.data()), 0);
  ASSERT_EQ(::pipe(done.data()), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(done[1]);
    Reopen();
    (void)!::write(opened[1], "o", 1);
    char byte = 0;
    (void)!::read(done[0], &byte, 1);
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(opened[0], &byte, 1), 1);

  const auto second = TaskQueue::Open(folder_.path().string(), now_);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, AllOf(HasSubstr("/tasks.db' is in use by another process"),
                                            HasSubstr("another fclocal, most likely")));
  ::close(done[1]);
  ::waitpid(pid, nullptr, 0);
  Reopen();
  for (const int fd : {opened[0], opened[1], done[0]}) ::close(fd);
}

TEST_F(TaskRecoveryTest, RefusesAFileThatIsNoDatabase) {
  Close();
  std::filesystem::remove(File());
  std::ofstream(File()) << std::string(10000, 'x');

  EXPECT_THAT(WhyItDoesNotOpen(), AllOf(HasSubstr("cannot be kept"), HasSubstr("/tasks.db'"),
                                        HasSubstr("move it away")));
}

TEST_F(TaskRecoveryTest, RefusesAFileThatIsDamaged) {
  for (int i = 0; i < 50; ++i) Add({.function = "f", .request_id = std::to_string(i)});
  Close();
  {
    std::fstream file(File(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);  // Behind the header, which says that all is well.
    file << std::string(static_cast<std::size_t>(std::filesystem::file_size(File())) - 100, '\xee');
  }

  EXPECT_THAT(WhyItDoesNotOpen(), HasSubstr("is damaged"));
}

TEST_F(TaskRecoveryTest, RefusesAnotherProgramsDatabaseAndANewerOne) {
  Close();
  const auto run = [this](const std::string& sql) {
    return std::system(("python3 -c \"import sqlite3; c = sqlite3.connect('" + File() +
                        "'); c.executescript('" + sql + "')\"")
                           .c_str());
  };
  ASSERT_EQ(run("PRAGMA user_version = 2"), 0);
  EXPECT_THAT(WhyItDoesNotOpen(), HasSubstr("is a newer openfc's"));
  std::filesystem::remove(File());
  ASSERT_EQ(run("CREATE TABLE theirs (a)"), 0);
  EXPECT_THAT(WhyItDoesNotOpen(), HasSubstr("another program's database"));
}

TEST_F(TaskRecoveryTest, NeedsItsFolder) {
  const auto opened = TaskQueue::Open((folder_.path() / "none").string(), now_);

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kSystem);
}

}  // namespace
}  // namespace openfc::emulator
