#include "bootstrap/rloader/deadline_watch.h"

#include <gmock/gmock.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace openfc::bootstrap {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

Deadline Past() { return Deadline(Deadline::Clock::now() - 1ms); }

class DeadlineWatchTest : public ::testing::Test {
 protected:
  DeadlineWatchTest() {
    auto page = SharedPage::Create();
    auto timer = DeadlineTimer::Create();
    EXPECT_TRUE(page && timer);
    page_ = *std::move(page);
    timer_ = *std::move(timer);
    auto runtime = SharedPage::Attach(UniqueFd(::dup(page_->fd())));
    EXPECT_TRUE(runtime);
    runtime_ = *std::move(runtime);
    runtime_->UseTimer(std::make_unique<DeadlineTimer>(UniqueFd(::dup(timer_->fd()))));
    watch_.emplace(*page_, *timer_);
    watch_->Look();
  }

  bool IsTimerSet() const {
    itimerspec spec{};
    ::timerfd_gettime(timer_->fd(), &spec);
    return spec.it_value.tv_sec != 0 || spec.it_value.tv_nsec != 0;
  }

  bool IsTimerReadable(int patience_ms) const {
    pollfd entry{.fd = timer_->fd(), .events = POLLIN, .revents = 0};
    return ::poll(&entry, 1, patience_ms) == 1;
  }

  std::unique_ptr<SharedPage> page_;
  std::unique_ptr<DeadlineTimer> timer_;
  std::unique_ptr<SharedPage> runtime_;
  std::optional<DeadlineWatch> watch_;
};

auto IsRow(const std::string& id) { return Field(&InFlight::request_id, id); }

TEST_F(DeadlineWatchTest, HasNothingToDoWithoutDeadlines) {
  runtime_->Receive("r-1", 0, Deadline::Never());
  watch_->Look();

  EXPECT_THAT(watch_->due(), IsEmpty());
  EXPECT_TRUE(watch_->NextLook().IsNever());
  EXPECT_FALSE(IsTimerSet());
}

TEST_F(DeadlineWatchTest, IsWokenByTheTimerForADeadlineThatItDoesNotKnow) {
  runtime_->Receive("r-1", 0, Deadline::After(1ms));

  ASSERT_TRUE(IsTimerReadable(-1));
  watch_->OnPolled(POLLIN);
  watch_->Look();

  EXPECT_THAT(watch_->due(), ElementsAre(IsRow("r-1")));
  EXPECT_FALSE(IsTimerReadable(0));
}

TEST_F(DeadlineWatchTest, IsWokenByTheTimerForADeadlineThatHasPassed) {
  runtime_->Receive("r-1", 0, Past());

  EXPECT_TRUE(IsTimerReadable(-1));
}

TEST_F(DeadlineWatchTest, KeepsTheTimeItselfOnceItHasLooked) {
  const Deadline deadline = Deadline::After(1h);
  runtime_->Receive("r-1", 0, deadline);
  EXPECT_TRUE(IsTimerSet());

  watch_->Look();

  EXPECT_EQ(watch_->NextLook(), deadline);
  EXPECT_FALSE(IsTimerSet());
}

TEST_F(DeadlineWatchTest, IsNotWokenForWhatComesLaterThanItsNextLook) {
  runtime_->Receive("r-1", 0, Deadline::After(1h));
  watch_->Look();

  runtime_->Receive("r-2", 0, Deadline::After(2h));

  EXPECT_FALSE(IsTimerSet());
}

TEST_F(DeadlineWatchTest, IsWokenForWhatComesEarlierThanItsNextLook) {
  runtime_->Receive("r-1", 0, Deadline::After(1h));
  watch_->Look();

  runtime_->Receive("r-2", 0, Deadline::After(1min));

  EXPECT_TRUE(IsTimerSet());
}

TEST_F(DeadlineWatchTest, CostsTheRuntimeNothingWhileDeadlinesComeInOrder) {
  runtime_->Receive("r-0", 0, Deadline::After(1min));
  timer_->Clear();  // As if nobody had set it: who sets it again is seen.

  for (int i = 1; i < 100; ++i) {
    const auto row = runtime_->Receive("r-" + std::to_string(i), 0, Deadline::After(1min));
    runtime_->TryBeginPost(*row);
    runtime_->Free(*row);
  }

  EXPECT_FALSE(IsTimerSet());
}

TEST_F(DeadlineWatchTest, FindsTheEarliestOfThoseThatAreLeft) {
  runtime_->Receive("r-1", 0, Past());
  const Deadline second = Deadline::After(1min);
  runtime_->Receive("r-2", 0, Deadline::After(1h));
  runtime_->Receive("r-3", 0, second);

  watch_->Look();

  EXPECT_THAT(watch_->due(), ElementsAre(IsRow("r-1")));
  EXPECT_EQ(watch_->NextLook(), second);
}

TEST_F(DeadlineWatchTest, LeavesAloneWhatIsBeingAnswered) {
  const auto posting = runtime_->Receive("r-1", 0, Past());
  runtime_->TryBeginPost(*posting);
  const auto claimed = runtime_->Receive("r-2", 0, Past());
  page_->TryClaim(*claimed, /*is_dead=*/false);

  watch_->Look();

  EXPECT_THAT(watch_->due(), IsEmpty());
  EXPECT_TRUE(watch_->NextLook().IsNever());
}

TEST_F(DeadlineWatchTest, GivesAnInvocationThatCancelsItselfMoreTime) {
  const Deadline deadline = Past();
  const auto row = runtime_->Receive("r-1", 0, deadline);
  runtime_->MarkSelfCancelling(*row);

  watch_->Look();

  EXPECT_THAT(watch_->due(), IsEmpty());
  EXPECT_EQ(watch_->NextLook().when(), deadline.when() + SharedPage::kCancelTime);
}

// What user code can do to the timer
// -----------------------------------------------------------------------

TEST_F(DeadlineWatchTest, DoesNotHearATimerAgainAtOnce) {
  ASSERT_TRUE(watch_->Awaited());

  watch_->OnPolled(POLLIN);

  EXPECT_FALSE(watch_->Awaited());
  EXPECT_FALSE(watch_->NextLook().IsNever());
  while (!watch_->NextLook().HasPassed() && !watch_->NextLook().IsNever()) {
  }
  EXPECT_TRUE(watch_->Awaited());
}

TEST_F(DeadlineWatchTest, HearsATimerThatWasSilent) {
  watch_->OnPolled(0);

  EXPECT_TRUE(watch_->Awaited());
}

TEST_F(DeadlineWatchTest, FindsWhatIsDueWithATimerThatWasStopped) {
  runtime_->Receive("r-1", 0, Past());
  timer_->Clear();

  watch_->Look();

  EXPECT_THAT(watch_->due(), ElementsAre(IsRow("r-1")));
}

/// A runtime that answers itself at a deadline, as in the HTTP mode.
class PatientDeadlineWatchTest : public DeadlineWatchTest {
 protected:
  PatientDeadlineWatchTest() { watch_.emplace(*page_, *timer_, 1h); }
};

TEST_F(PatientDeadlineWatchTest, GivesTheRuntimeTimeToAnswer) {
  runtime_->Receive("r-1", 0, Past());
  watch_->Look();

  EXPECT_THAT(watch_->due(), IsEmpty());
  EXPECT_FALSE(watch_->NextLook().IsNever());
}

TEST_F(PatientDeadlineWatchTest, KnowsWhatTheRuntimeHasAnswered) {
  const auto row = runtime_->Receive("r-1", 0, Past());
  runtime_->MarkRunning(*row);
  runtime_->TryBeginPost(*row);
  runtime_->MarkAnswered(*row);
  watch_->Look();

  EXPECT_THAT(watch_->due(), ElementsAre(IsRow("r-1")));
}

}  // namespace
}  // namespace openfc::bootstrap
