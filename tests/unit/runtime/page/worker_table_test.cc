// The parts of the shared page that belong to workers, and what is said of each of them.

#include "runtime/page/worker_table.h"

#include "runtime/page/shared_page.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstring>
#include <limits>
#include <set>

namespace openfc {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

using ::testing::SizeIs;

class WorkerTableTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto page = SharedPage::Create();
    ASSERT_TRUE(page);
    page_ = *std::move(page);
  }

  /// The page as that worker has it.
  std::unique_ptr<SharedPage> Worker(std::size_t index, std::size_t count) {
    auto worker = SharedPage::Attach(UniqueFd(::dup(page_->fd())));
    if (!worker) return nullptr;
    (*worker)->UsePart({.index = index, .count = count});
    return *std::move(worker);
  }

  WorkerTable& table() { return page_->workers(); }

  std::unique_ptr<SharedPage> page_;
};

// Parts
// ------------------------------------------------------------------------------------------------

auto IsFor(const std::string& id) { return Field(&InFlight::request_id, id); }

TEST_F(WorkerTableTest, AWorkerTakesRowsOfItsPartOnly) {
  ASSERT_TRUE(Worker(0, 3)->Receive("r-0", 0, {}));
  ASSERT_TRUE(Worker(1, 3)->Receive("r-1", 0, {}));
  ASSERT_TRUE(Worker(2, 3)->Receive("r-2", 0, {}));

  EXPECT_THAT(page_->ReadInFlight({.index = 1, .count = 3}), ElementsAre(IsFor("r-1")));
  EXPECT_THAT(page_->ReadInFlight({.index = 2, .count = 3}), ElementsAre(IsFor("r-2")));
  EXPECT_THAT(page_->ReadInFlight(), SizeIs(3));
}

TEST_F(WorkerTableTest, EveryRowBelongsToExactlyOnePart) {
  for (const std::size_t count : {1UL, 2UL, 3UL, 7UL, 255UL, 256UL}) {
    page_->ResetForStart();
    table().SetCount(count);
    std::set<std::size_t> rows;
    for (std::size_t index = 0; index < count; ++index) {
      const auto worker = Worker(index, count);
      while (const auto row = worker->Receive("r", 0, {})) {
        EXPECT_TRUE(rows.insert(*row).second);
        EXPECT_EQ(page_->PartOf(*row).index, index) << *row << " of " << count;
      }
    }
    EXPECT_THAT(rows, SizeIs(SharedPage::kRows));
  }
}

TEST_F(WorkerTableTest, WithoutWorkersThereIsOnePart) {
  EXPECT_EQ(page_->PartOf(0).index, 0U);
  EXPECT_EQ(page_->PartOf(SharedPage::kRows - 1).index, 0U);
  EXPECT_EQ(page_->PartOf(7).count, 1U);
}

TEST_F(WorkerTableTest, WhatAWorkerReceivedIsFoundInItsPart) {
  const auto first = Worker(0, 2);
  const auto second = Worker(1, 2);
  auto buffer = second->TakeReceiveBuffer();
  ASSERT_TRUE(buffer);
  buffer->Expect(ReceiveBuffer::Content::kPollAnswer);
  std::memcpy(buffer->Room().data(), "head", 4);
  buffer->Commit(4);

  std::string found;
  const auto add = [&found](const ReceivedBytes& received) { found += received.bytes; };
  page_->VisitReceived(add, {.index = 0, .count = 2});
  EXPECT_EQ(found, "");
  page_->VisitReceived(add, {.index = 1, .count = 2});
  EXPECT_EQ(found, "head");
}

TEST_F(WorkerTableTest, TheReceiveBuffersAreSharedOut) {
  const auto first = Worker(0, 2);
  const auto second = Worker(1, 2);
  std::vector<ReceiveBuffer> taken;
  while (auto buffer = first->TakeReceiveBuffer()) taken.push_back(*std::move(buffer));

  EXPECT_THAT(taken, SizeIs(SharedPage::kReceiveBuffers / 2));
  EXPECT_TRUE(second->TakeReceiveBuffer());
}

TEST_F(WorkerTableTest, APartThatIsResetIsEmptyAndTheOthersAreNot) {
  const auto first = Worker(0, 2);
  const auto second = Worker(1, 2);
  ASSERT_TRUE(first->Receive("r-0", 0, {}));
  const auto row = second->Receive("r-1", 0, {});
  ASSERT_TRUE(row);
  ASSERT_TRUE(page_->TryClaim(*row, /*is_dead=*/true));
  auto left = second->TakeReceiveBuffer();
  left->Expect(ReceiveBuffer::Content::kPollAnswer);
  std::memcpy(left->Room().data(), "head", 4);

  page_->ResetPart({.index = 1, .count = 2});

  EXPECT_THAT(page_->ReadInFlight(), ElementsAre(IsFor("r-0")));
  page_->VisitReceived([](const ReceivedBytes&) { FAIL() << "the buffers are empty"; });
}

// Ends
// -------------------------------------------------------------------------------------------------

constexpr WorkerEnd kEnd{.pid = 7, .exit_code = 3, .signal = 0, .peak_memory_bytes = 99};

TEST_F(WorkerTableTest, AnEndIsFoundUntilItIsHandled) {
  table().SetCount(2);
  table().Begin(1);
  EXPECT_FALSE(table().FindEnd(1));

  table().ReportEnd(1, kEnd);

  const auto end = table().FindEnd(1);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->pid, 7);
  EXPECT_EQ(end->exit_code, 3);
  EXPECT_EQ(end->peak_memory_bytes, 99);
  EXPECT_FALSE(table().FindEnd(0));
  EXPECT_FALSE(table().IsHandled(1));

  table().MarkHandled(1);

  EXPECT_FALSE(table().FindEnd(1));
  EXPECT_TRUE(table().IsHandled(1));
}

TEST_F(WorkerTableTest, APlaceIsNewForTheNextWorker) {
  table().Enter(0, 7);
  Worker(0, 2)->MarkPolling();
  EXPECT_TRUE(table().HasPolled(0));
  EXPECT_FALSE(table().HasPolled(1));
  table().ReportEnd(0, kEnd);
  table().MarkHandled(0);

  table().Begin(0);

  EXPECT_FALSE(table().HasPolled(0));
  EXPECT_FALSE(table().IsHandled(0));
  EXPECT_EQ(table().pid(0), 0);
}

TEST_F(WorkerTableTest, NothingOfItOutlivesTheRuntime) {
  table().SetCount(3);
  table().Enter(0, 7);
  table().ReportEnd(1, kEnd);

  page_->ResetForStart();

  EXPECT_EQ(table().count(), 0U);
  EXPECT_EQ(table().pid(0), 0);
  EXPECT_FALSE(table().FindEnd(1));
}

TEST_F(WorkerTableTest, WhateverIsWrittenThereIsReadWithinBounds) {
  table().SetCount(std::numeric_limits<std::size_t>::max());
  table().Enter(0, -1);
  table().ReportEnd(1, {.pid = -5, .exit_code = 70'000, .signal = -9, .peak_memory_bytes = -1});

  EXPECT_EQ(table().count(), WorkerTable::kMost);
  EXPECT_EQ(table().pid(0), 0);
  const auto end = table().FindEnd(1);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->pid, 0);
  EXPECT_EQ(end->exit_code, 255);
  EXPECT_EQ(end->signal, 0);
  EXPECT_EQ(end->peak_memory_bytes, 0);
}

}  // namespace
}  // namespace openfc
