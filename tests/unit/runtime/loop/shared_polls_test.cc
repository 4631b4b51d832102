#include "runtime/loop/shared_polls.h"

#include "runtime/base/before_wait.h"
#include "tests/unit/runtime/loop/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace openfc {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

/// Of the thread that has it; a function lets go of it for the length of a Pause.
class FakeLanguageLock final : public LanguageLock {
 public:
  void Lock() override { mutex_.lock(); }
  void Unlock() override { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

/// The ids of what was answered.
class Posted {
 public:
  void Add(const std::string& id) EXCLUDES_LOCK(mutex_) {
    const MutexLock lock(mutex_);
    ids_.push_back(id);
  }

  std::vector<std::string> ids() EXCLUDES_LOCK(mutex_) {
    const MutexLock lock(mutex_);
    return ids_;
  }

 private:
  Mutex mutex_;
  std::vector<std::string> ids_ GUARDED_BY(mutex_);
};

/// A connection on which the test says what comes: an id, or the end.
class FakeConnection final : public RuntimeApi {
 public:
  explicit FakeConnection(Posted& posted) : posted_(posted) {}

  void Bring(const std::string& id) {
    {
      const MutexLock lock(mutex_);
      coming_.push_back(id);
    }
    (void)::eventfd_write(socket_.get(), 1);
  }

  bool BeginPostAndNext(Answer& answer) override {
    if (refuses_to_share) return false;
    posted_.Add(answer.request_id);
    return true;
  }

  std::optional<Expected<Work>> TryNext(const std::function<void()>& when_posted) override {
    when_posted();
    if (before_next) before_next();
    const MutexLock lock(mutex_);
    if (coming_.empty()) return std::nullopt;
    const std::string id = coming_.front();
    coming_.pop_front();
    eventfd_t ignored = 0;
    if (coming_.empty()) (void)::eventfd_read(socket_.get(), &ignored);
    if (id.empty()) return Expected<Work>(Error{ErrorCode::kCancelled, "the end"});
    Work work{.invocation = std::make_unique<Invocation>(), .row = 0};
    work.invocation->request_id = id;
    return Expected<Work>(std::move(work));
  }

  int socket() const override { return socket_.get(); }
  Deadline silence_end() const override { return silent_until; }
  void EndWait() override { Bring("given up"); }

  Expected<Work> Next() override { return Error{ErrorCode::kCancelled, "not used here"}; }
  void Post(Answer /*answer*/) override {}
  Expected<Work> PostAndNext(Answer /*answer*/, const std::function<void()>& /*posted*/) override {
    return Next();
  }
  void LeaveDeadlineToHandler(std::size_t /*row*/) override {}
  Status PostInitError(Failure /*failure*/) override { return Ok(); }

  bool refuses_to_share = false;
  Deadline silent_until = {};
  std::function<void()> before_next;

 private:
  Posted& posted_;
  const UniqueFd socket_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  Mutex mutex_;
  std::deque<std::string> coming_ GUARDED_BY(mutex_);
};

class SharedPollsTest : public ::testing::Test, protected PollEvents {
 protected:
  using Function = std::function<bool(const std::string& id)>;  // False: answers later.

  FakeConnection& Add() {
    auto connection = std::make_unique<FakeConnection>(posted_);
    FakeConnection& added = *connection;
    polls_.Add(std::move(connection));
    return added;
  }

  std::jthread Start() {
    return std::jthread([this] {
      if (auto place = polls_.Serve()) OnAlone(*std::move(place));
    });
  }

  void OnPosted() override {}
  void OnPairSent() override {}
  void OnEnd(const Error& /*error*/) override { polls_.End(); }
  void OnAllReady() override {}
  std::optional<Answer> OnWork(RuntimeApi& /*api*/, Work work) override {
    const std::string& id = work.invocation->request_id;
    if (!function_(id)) return std::nullopt;
    return Answer{.request_id = id, .row = 0, .outcome = Response{}};
  }

  void OnAlone(PollPlace place) {
    const MutexLock lock(mutex_);
    alone_.push_back(std::move(place));
    alone_came_.Open();
  }

  FakeLanguageLock lock_;
  Posted posted_;
  Function function_ = [](const std::string& /*id*/) { return true; };
  Mutex mutex_;
  std::vector<PollPlace> alone_ GUARDED_BY(mutex_);
  Gate alone_came_;
  SharedPolls polls_{lock_, *this};
};

TEST_F(SharedPollsTest, OneThreadServesWhatAllConnectionsBring) {
  FakeConnection& first = Add();
  FakeConnection& second = Add();
  Gate all;
  int count = 0;
  std::vector<std::thread::id> threads;
  function_ = [&](const std::string& /*id*/) {
    threads.push_back(std::this_thread::get_id());
    if (++count == 4) all.Open();
    return true;
  };
  for (const char* id : {"r-1", "r-2"}) first.Bring(id);
  for (const char* id : {"r-3", "r-4"}) second.Bring(id);
  {
    const std::jthread thread = Start();
    all.Await();
    first.Bring("");
    second.Bring("");
  }
  EXPECT_THAT(posted_.ids(), UnorderedElementsAre("r-1", "r-2", "r-3", "r-4"));
  EXPECT_THAT(threads, ::testing::Each(threads.front()));
}

TEST_F(SharedPollsTest, AFunctionThatWaitsDelaysNoOther) {
  FakeConnection& first = Add();
  FakeConnection& second = Add();
  Gate quick_ran;
  Gate slow_began;
  function_ = [&](const std::string& id) {
    if (id == "quick") quick_ran.Open();
    if (id == "slow") {
      lock_.Unlock();  // As a function does that waits.
      slow_began.Open();
      quick_ran.Await();
      lock_.Lock();
    }
    return true;
  };
  {
    const std::jthread leader = Start();
    const std::jthread stand_by = Start();
    first.Bring("slow");
    slow_began.Await();
    second.Bring("quick");
    quick_ran.Await();
    first.Bring("");
    second.Bring("");
  }
  EXPECT_THAT(posted_.ids(), UnorderedElementsAre("quick", "slow"));
}

TEST_F(SharedPollsTest, AConnectionThatMakesItsThreadWaitDelaysNoOther) {
  FakeConnection& first = Add();
  FakeConnection& second = Add();
  Gate other_ran;
  Gate waits;
  first.before_next = [&, is_first = true]() mutable {
    if (!std::exchange(is_first, false)) return;
    BeforeWait();
    waits.Open();
    other_ran.Await();
  };
  function_ = [&](const std::string& id) {
    if (id == "other") other_ran.Open();
    return true;
  };
  {
    const std::jthread leader = Start();
    const std::jthread next = Start();
    first.Bring("late");
    waits.Await();
    second.Bring("other");
    other_ran.Await();
    first.Bring("");
    second.Bring("");
  }
  EXPECT_THAT(posted_.ids(), UnorderedElementsAre("other", "late"));
}

TEST_F(SharedPollsTest, AConnectionThatIsSilentForTooLongIsToldSo) {
  auto silent = std::make_unique<FakeConnection>(posted_);
  silent->silent_until = Deadline::After(std::chrono::milliseconds(1));
  auto patient = std::make_unique<FakeConnection>(posted_);
  patient->silent_until = Deadline::After(std::chrono::hours(1));
  FakeConnection& first = *silent;
  FakeConnection& second = *patient;
  polls_.Add(std::move(patient));
  polls_.Add(std::move(silent));
  Gate ended;
  function_ = [&](const std::string& /*id*/) {
    first.silent_until = Deadline::Never();
    ended.Open();
    return true;
  };
  {
    const std::jthread thread = Start();
    ended.Await();
    first.Bring("");
    second.Bring("");
  }
  EXPECT_THAT(posted_.ids(), ElementsAre("given up"));
}

TEST_F(SharedPollsTest, AnAnswerThatCannotBeSentAtOnceLeavesWithItsConnection) {
  FakeConnection& connection = Add();
  connection.refuses_to_share = true;
  const std::jthread thread = Start();
  connection.Bring("r-1");
  alone_came_.Await();

  const MutexLock lock(mutex_);
  ASSERT_EQ(alone_.size(), 1U);
  EXPECT_EQ(alone_.front().api.get(), &connection);
  ASSERT_TRUE(alone_.front().answer);
  EXPECT_EQ(alone_.front().answer->request_id, "r-1");
}

TEST_F(SharedPollsTest, AnInvocationWithoutAnAnswerYetLeavesWithItsConnection) {
  FakeConnection& connection = Add();
  function_ = [](const std::string& /*id*/) { return false; };
  const std::jthread thread = Start();
  connection.Bring("r-1");
  alone_came_.Await();

  const MutexLock lock(mutex_);
  ASSERT_EQ(alone_.size(), 1U);
  EXPECT_FALSE(alone_.front().answer);
}

TEST_F(SharedPollsTest, AllThreadsReturnOnceTheLastConnectionHasEnded) {
  FakeConnection& first = Add();
  FakeConnection& second = Add();
  FakeConnection& third = Add();
  {
    const std::jthread one = Start();
    const std::jthread two = Start();
    const std::jthread three = Start();
    for (FakeConnection* connection : {&first, &second, &third}) connection->Bring("");
  }
  EXPECT_THAT(posted_.ids(), ElementsAre());
}

}  // namespace
}  // namespace openfc
