#include "tests/unit/emulator/tasks/queue_test.h"

#include <gmock/gmock.h>

namespace openfc::emulator {
namespace {

using std::chrono_literals::operator""s;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Five tasks of `f`, a second apart: a1, a2, b1, b2 (runs), b3; and one of `g`.
class TaskListingTest : public QueueTest {
 protected:
  TaskListingTest() {
    begin_ = now_;
    for (const auto* id : {"b2", "a1", "a2", "b1", "b3"}) {
      Add({.function = "f", .request_id = "r", .task_id = id, .payload = "p"});
      if (std::string(id) == "b2") Claimed();
      now_ += 1s;
    }
    Add({.function = "g", .request_id = "r", .task_id = "a9"});
  }

  std::vector<std::string> Ids(const TaskQuery& query) {
    const auto page = queue_->List(query);
    EXPECT_TRUE(page) << page.error().message;
    std::vector<std::string> ids;
    for (const Task& task : page->tasks) ids.push_back(task.task_id);
    next_ = page->next_token;
    return ids;
  }

  Clock::time_point begin_;
  std::string next_;
};

TEST_F(TaskListingTest, ShowsTheNewestFirstOrTheOldest) {
  EXPECT_THAT(Ids({.function = "f"}), ElementsAre("b3", "b1", "a2", "a1", "b2"));
  EXPECT_EQ(next_, "");
  EXPECT_THAT(Ids({.function = "f", .is_newest_first = false}),
              ElementsAre("b2", "a1", "a2", "b1", "b3"));
  EXPECT_THAT(Ids({.function = "none"}), IsEmpty());
}

TEST_F(TaskListingTest, FiltersByStatePrefixAndTime) {
  EXPECT_THAT(Ids({.function = "f", .state = TaskState::kRunning}), ElementsAre("b2"));
  EXPECT_THAT(Ids({.function = "f", .state = TaskState::kEnqueued, .prefix = "b"}),
              ElementsAre("b3", "b1"));
  EXPECT_THAT(Ids({.function = "f", .prefix = "a"}), ElementsAre("a2", "a1"));
  EXPECT_THAT(Ids({.function = "f", .prefix = "%"}), IsEmpty());
  EXPECT_THAT(Ids({.function = "f", .enqueued_from = begin_ + 3s}), ElementsAre("b3", "b1"));
  EXPECT_THAT(Ids({.function = "f", .enqueued_to = begin_ + 1s}), ElementsAre("a1", "b2"));
  EXPECT_THAT(Ids({.function = "f", .enqueued_from = begin_ + 1s, .enqueued_to = begin_ + 1s}),
              ElementsAre("a1"));
}

TEST_F(TaskListingTest, GoesOnPageByPage) {
  EXPECT_THAT(Ids({.function = "f", .limit = 2}), ElementsAre("b3", "b1"));
  EXPECT_THAT(Ids({.function = "f", .limit = 2, .token = next_}), ElementsAre("a2", "a1"));
  EXPECT_THAT(Ids({.function = "f", .limit = 2, .token = next_}), ElementsAre("b2"));
  EXPECT_EQ(next_, "");

  EXPECT_THAT(Ids({.function = "f", .is_newest_first = false, .limit = 4}),
              ElementsAre("b2", "a1", "a2", "b1"));
  EXPECT_THAT(Ids({.function = "f", .is_newest_first = false, .limit = 4, .token = next_}),
              ElementsAre("b3"));
}

TEST_F(TaskListingTest, KeepsItsPlaceWhileTasksArrive) {
  EXPECT_THAT(Ids({.function = "f", .limit = 2}), ElementsAre("b3", "b1"));
  Add({.function = "f", .request_id = "r", .task_id = "new"});

  EXPECT_THAT(Ids({.function = "f", .limit = 2, .token = next_}), ElementsAre("a2", "a1"));
}

TEST_F(TaskListingTest, ShowsPayloadsWhereTheyAreWanted) {
  EXPECT_EQ(queue_->List({.function = "f", .limit = 1})->tasks[0].payload, "");
  EXPECT_EQ(queue_->List({.function = "f", .limit = 1, .wants_payload = true})->tasks[0].payload,
            "p");
}

TEST_F(TaskListingTest, RefusesWhatIsNoPage) {
  EXPECT_FALSE(queue_->List({.function = "f", .limit = 0}));
  EXPECT_FALSE(queue_->List({.function = "f", .limit = 101}));
  for (const auto* token : {"x", "0", "-1", "1x", " 1", "99999999999999999999"}) {
    const auto page = queue_->List({.function = "f", .token = token});
    ASSERT_FALSE(page) << token;
    EXPECT_EQ(page.error().code, ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace openfc::emulator
