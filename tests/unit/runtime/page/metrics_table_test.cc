#include "runtime/page/metrics_table.h"

#include "runtime/page/shared_page.h"

#include <gmock/gmock.h>

#include <string>

namespace openfc {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""us;
using ::testing::ElementsAre;
using ::testing::Pair;

class MetricsTableTest : public ::testing::Test {
 protected:
  MetricsSum Sum(std::size_t processes = 0) const { return page_->metrics().Sum(processes); }
  ProcessMetrics& Of(std::size_t place) const { return page_->metrics().Of(place); }

  std::unique_ptr<SharedPage> page_ = SharedPage::Create().value();
};

TEST_F(MetricsTableTest, CountsAnInvocationFromItsBeginningToItsEnd) {
  Of(0).CountBegin();
  EXPECT_EQ(Sum().running, 1);

  Of(0).CountEnd(0, "", 1500us);
  EXPECT_EQ(Sum().running, 0);
  EXPECT_EQ(Sum().successes[0], 1U);
  EXPECT_EQ(Sum().duration_total, 1500us);
  EXPECT_EQ(Sum().durations[1], 1U);  // Up to 2.5 ms.
}

TEST_F(MetricsTableTest, PutsADurationIntoTheBucketThatItIsNotAbove) {
  Of(0).CountEnd(0, "", 1ms);
  Of(0).CountEnd(0, "", std::chrono::hours(1));

  EXPECT_EQ(Sum().durations.front(), 1U);
  EXPECT_EQ(Sum().durations.back(), 1U);
}

TEST_F(MetricsTableTest, CountsErrorsByType) {
  Of(0).CountError(0, "ValueError");
  Of(0).CountError(1, "ValueError");
  Of(0).CountError(0, "KeyError");

  EXPECT_THAT(Sum().errors, ElementsAre(Pair("KeyError", 1U), Pair("ValueError", 2U)));
  EXPECT_EQ(Sum().failures[0], 2U);
  EXPECT_EQ(Sum().failures[1], 1U);
}

TEST_F(MetricsTableTest, HasRoomForAFewTypesAndCallsTheRestOther) {
  for (int i = 0; i < 100; ++i) Of(0).CountError(0, "Error" + std::to_string(i));

  const auto errors = Sum().errors;
  EXPECT_EQ(errors.at("Error0"), 1U);
  EXPECT_EQ(errors.at("other"), 100U - 16);
}

TEST_F(MetricsTableTest, CallsATypeOtherThatHasNoPlaceInALabel) {
  Of(0).CountError(0, "a\"} 1\nevil{x=\"");

  EXPECT_THAT(Sum().errors, ElementsAre(Pair("other", 1U)));
}

TEST_F(MetricsTableTest, CountsOneTypeWhateverItsLength) {
  const std::string name(200, 'x');
  Of(0).CountError(0, name);
  Of(0).CountError(0, name);

  EXPECT_THAT(Sum().errors, ElementsAre(Pair(name.substr(0, 63), 2U)));
}

TEST_F(MetricsTableTest, AddsUpTheProcessesAndRloader) {
  Of(0).CountEnd(0, "", 1ms);
  Of(1).CountEnd(0, "", 1ms);
  page_->metrics().OfRloader().CountError(0, "ProcessExited");

  EXPECT_EQ(Sum(2).successes[0], 2U);
  EXPECT_EQ(Sum(1).successes[0], 1U);
  EXPECT_EQ(Sum(2).failures[0], 1U);
}

TEST_F(MetricsTableTest, CountsTheFirstInvocationOfEachProcessAsAColdStart) {
  for (int process = 0; process < 2; ++process) {
    Of(0).BeginProcess();
    Of(0).CountBegin();
    Of(0).CountBegin();
  }

  EXPECT_EQ(Sum().cold_starts, 2U);
}

TEST_F(MetricsTableTest, ForgetsWhatWentOnInAProcessThatIsGone) {
  Of(0).AddWaiting(3);
  Of(0).CountBegin();
  Of(0).CountEnd(0, "", 1ms);
  Of(0).CountBegin();

  Of(0).BeginProcess();

  EXPECT_EQ(Sum().waiting, 0);
  EXPECT_EQ(Sum().running, 0);
  EXPECT_EQ(Sum().successes[0], 1U);
}

TEST_F(MetricsTableTest, OutlivesTheNextStartOfTheRuntime) {
  Of(0).CountEnd(0, "", 1ms);
  page_->metrics().CountRestart();

  page_->ResetForStart();

  EXPECT_EQ(Sum().successes[0], 1U);
  EXPECT_EQ(Sum().restarts, 1U);
}

}  // namespace
}  // namespace openfc
