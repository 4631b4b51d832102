#include "runtime/server/slots.h"

#include "tests/unit/runtime/server/server_fakes.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

namespace openfc {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

/// A handler that does as the test says, in whatever thread it is called.
class Doing final : public Handler {
 public:
  explicit Doing(std::function<void(Invocation&, Reply&)> what) : what_(std::move(what)) {}
  void Handle(Invocation invocation, Reply reply) override {
    {
      const std::lock_guard lock(mutex_);
      threads_.insert(std::this_thread::get_id());
    }
    what_(invocation, reply);
  }
  std::set<std::thread::id> threads() const { return threads_; }

 private:
  const std::function<void(Invocation&, Reply&)> what_;
  std::mutex mutex_;
  std::set<std::thread::id> threads_;
};

/// Blocks until so many have come.
class Meeting {
 public:
  explicit Meeting(int wanted) : wanted_(wanted) {}
  void Join() {
    std::unique_lock lock(mutex_);
    if (++present_ >= wanted_) complete_.notify_all();
    complete_.wait(lock, [this] { return present_ >= wanted_; });
  }

 private:
  const int wanted_;
  std::mutex mutex_;
  std::condition_variable complete_;
  int present_ = 0;
};

class SlotsTest : public ::testing::Test {
 protected:
  void Push(CallQueue& queue, const std::string& id) {
    Invocation invocation;
    invocation.request_id = id;
    const ReplyMapping mapping = MappingOfText();
    auto flight = std::make_shared<Flight>(ground_.control, invocation);
    Reply reply(std::make_unique<FlightSink>(
        flight, std::make_unique<HttpReplySink>(http::Responder(std::make_shared<FakeLine>(), 1),
                                                mapping)));
    queue.Push({.invocation = std::move(invocation),
                .reply = std::move(reply),
                .flight = std::move(flight)});
  }

  static ReplyMapping MappingOfText() {
    return {.outcome = [](const Outcome& /*outcome*/) { return http::Response(); }};
  }

  FlightGround ground_;
};

TEST_F(SlotsTest, RunOneAfterTheOtherInTheCallersThread) {
  CallQueue queue(1);
  std::vector<std::string> ids;
  Doing handler([&](Invocation& invocation, Reply& reply) {
    ids.push_back(invocation.request_id);
    std::move(reply).Send(Response{});
  });
  Dispatcher dispatcher(handler, InvocationLog::Silent());
  for (const char* id : {"a", "b", "c"}) Push(queue, id);
  queue.Close();

  Slots(queue, dispatcher, 1).Run();

  EXPECT_THAT(ids, ElementsAre("a", "b", "c"));
  EXPECT_THAT(handler.threads(), ElementsAre(std::this_thread::get_id()));
}

TEST_F(SlotsTest, RunAsManyAtOnceAsTheLimitSays) {
  CallQueue queue(3);
  Meeting meeting(3);
  Doing handler([&](Invocation& /*invocation*/, Reply& reply) {
    meeting.Join();
    std::move(reply).Send(Response{});
  });
  Dispatcher dispatcher(handler, InvocationLog::Silent());
  for (const char* id : {"a", "b", "c"}) Push(queue, id);
  queue.Close();

  Slots(queue, dispatcher, 3).Run();

  EXPECT_THAT(handler.threads(), SizeIs(3));
}

TEST_F(SlotsTest, ServeManyInOneThreadWhereRepliesAreKept) {
  CallQueue queue(3);
  std::vector<Reply> kept;
  Doing handler([&](Invocation& /*invocation*/, Reply& reply) {
    kept.push_back(std::move(reply));
    if (kept.size() == 3) kept.clear();
  });
  Dispatcher dispatcher(handler, InvocationLog::Silent());
  for (const char* id : {"a", "b", "c"}) Push(queue, id);
  queue.Close();

  Slots(queue, dispatcher, 1).Run();

  EXPECT_THAT(handler.threads(), SizeIs(1));
}

TEST_F(SlotsTest, EndOnlyAfterTheLastReply) {
  CallQueue queue(1);
  std::jthread answering;
  bool is_answered = false;
  Doing handler([&](Invocation& /*invocation*/, Reply& reply) {
    answering = std::jthread([&is_answered, own = std::move(reply)]() mutable {
      is_answered = true;
      std::move(own).Send(Response{});
    });
  });
  Dispatcher dispatcher(handler, InvocationLog::Silent());
  Push(queue, "a");
  queue.Close();

  Slots(queue, dispatcher, 1).Run();

  EXPECT_TRUE(is_answered);
}

}  // namespace
}  // namespace openfc
