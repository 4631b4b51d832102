// How rloader starts the runtime; what it does with it afterwards is tests/integration/rloader's.

#include "bootstrap/rloader/supervisor.h"

#include <gmock/gmock.h>
#include <signal.h>

namespace openfc::bootstrap {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;

class RuntimeCommandTest : public ::testing::Test {
 protected:
  RuntimeCommandTest() {
    auto page = SharedPage::Create();
    EXPECT_TRUE(page);
    page_ = *std::move(page);
  }

  ChildCommand Command(const Environment& environment = {}) {
    return RuntimeCommand(settings_, "/b", environment, *page_);
  }

  Settings settings_;
  std::unique_ptr<SharedPage> page_;
};

TEST_F(RuntimeCommandTest, HandsThePageDown) {
  const ChildCommand command = Command();

  ASSERT_EQ(command.descriptors.size(), 1U);
  EXPECT_EQ(command.descriptors[0].ours, page_->fd());
  EXPECT_EQ(command.descriptors[0].theirs, 3);
  EXPECT_THAT(command.environment, ElementsAre("OPENFC_PAGE_FD=3"));
}

TEST_F(RuntimeCommandTest, PassesTheEnvironmentOnButForThePagesNumber) {
  const ChildCommand command = Command({{"A", "1"}, {"OPENFC_PAGE_FD", "77"}});

  EXPECT_THAT(command.environment, ElementsAre("A=1", "OPENFC_PAGE_FD=3"));
}

TEST_F(RuntimeCommandTest, KeepsTheRuntimeApartAndTied) {
  const ChildCommand command = Command();

  EXPECT_EQ(command.program, "/b");
  EXPECT_TRUE(command.has_own_group);
  EXPECT_THAT(command.death_signal, Optional(SIGKILL));
  EXPECT_EQ(command.input, ChildInput::kNull);
  EXPECT_THAT(command.cgroup_procs_files, IsEmpty());
}

TEST_F(RuntimeCommandTest, PutsTheRuntimeIntoTheCgroup) {
  settings_.cgroup = "/cg/fn";

  EXPECT_THAT(Command().cgroup_procs_files, ElementsAre("/cg/fn/cgroup.procs"));
}

}  // namespace
}  // namespace openfc::bootstrap
