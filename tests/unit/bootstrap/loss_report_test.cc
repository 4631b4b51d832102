#include "bootstrap/rloader/loss_report.h"

#include "runtime/wire/fault.h"

#include <gmock/gmock.h>

namespace openfc::bootstrap {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(DescribeFaultTest, IsOneLineWithTheStack) {
  const Failure failure = wire::FunctionTimeout(3, {{"File \"/code/index.py\"", "line 3"}});

  EXPECT_EQ(DescribeFault(failure.document),
            "error_type=FunctionTimeout message=\"Function timed out after 3 seconds\" "
            "stack=[[\"File \\\"/code/index.py\\\"\",\"line 3\"]]");
}

TEST(DescribeFaultTest, LeavesOutAStackThatIsNotThere) {
  EXPECT_EQ(DescribeFault(R"({"errorType": "T", "errorMessage": "m"})"),
            "error_type=T message=\"m\"");
}

TEST(DescribeFaultTest, SaysNothingOfWhatIsNoDocument) {
  for (const char* text : {"", "[]", "{", "{\"errorType\": 1}"}) {
    EXPECT_EQ(DescribeFault(text), "error_type= message=\"\"");
  }
}

class ReportLossTest : public ::testing::Test {
 protected:
  void Report(const Failure& failure, const std::string& id) {
    ReportLoss({.path = "", .document = failure.document, .request_id = id}, *page_);
  }
  auto Errors() const { return page_->metrics().Sum(0).errors; }

  std::unique_ptr<SharedPage> page_ = SharedPage::Create().value();
};

TEST_F(ReportLossTest, CountsWhatDiedWithItsProcess) {
  Report(wire::ProcessExited({}, 3), "r-1");

  EXPECT_THAT(Errors(), ElementsAre(Pair("ProcessExited", 1U)));
}

TEST_F(ReportLossTest, LeavesDeadlinesToTheRuntimesOwnCount) {
  Report(wire::FunctionTimeout(3), "r-1");

  EXPECT_THAT(Errors(), IsEmpty());
}

TEST_F(ReportLossTest, CountsNoInvocationForTheInstancesOwnEnd) {
  Report(wire::InitFailed(5, "exit code 1"), "");

  EXPECT_THAT(Errors(), IsEmpty());
}

}  // namespace
}  // namespace openfc::bootstrap
