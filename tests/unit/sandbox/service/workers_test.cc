#include "sandbox/service/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace openfc::sandbox {
namespace {

TEST(WorkersTest, DoWhatWasPostedBeforeTheyEnd) {
  std::atomic<int> done = 0;
  Workers workers(2);

  for (int i = 0; i < 100; ++i) workers.Post([&done] { ++done; });
  workers.Finish();

  EXPECT_EQ(done, 100);
}

TEST(WorkersTest, WorkBesideEachOther) {
  Workers workers(2);
  std::promise<void> first;
  std::promise<void> second;

  workers.Post([&] {
    first.set_value();
    second.get_future().wait();
  });
  workers.Post([&] {
    first.get_future().wait();
    second.set_value();
  });

  workers.Finish();  // Returns, since neither waited for a thread.
}

TEST(WorkersTest, TakeNothingAfterTheEnd) {
  bool was_called = false;
  Workers workers(1);
  workers.Finish();

  workers.Post([&was_called] { was_called = true; });
  workers.Finish();

  EXPECT_FALSE(was_called);
}

}  // namespace
}  // namespace openfc::sandbox
