#include "runtime/server/http_drive.h"

#include "tests/unit/runtime/http/raw_client.h"
#include "tests/unit/runtime/http/server_fixture.h"
#include "tests/unit/runtime/server/server_fakes.h"

#include <gmock/gmock.h>
#include <sys/eventfd.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace openfc {
namespace {

using ::testing::ElementsAre;

/// Keeps the replies of what it is called with.
class Keeping final : public Handler {
 public:
  void Handle(Invocation invocation, Reply reply) override {
    ids.push_back(invocation.request_id);
    thread = std::this_thread::get_id();
    replies.push_back(std::move(reply));
  }

  std::vector<std::string> ids;
  std::vector<Reply> replies;
  std::thread::id thread;
};

class HttpDriveTest : public ::testing::Test {
 protected:
  HttpDriveTest() { server_->HandOver(); }

  void Push(const std::string& id) {
    Invocation invocation;
    invocation.request_id = id;
    auto flight = std::make_shared<Flight>(ground_.control, invocation);
    const ReplyMapping mapping{.outcome = [](const Outcome&) { return http::Response(); }};
    Reply reply(std::make_unique<FlightSink>(
        flight, std::make_unique<HttpReplySink>(http::Responder(std::make_shared<FakeLine>(), 1),
                                                mapping)));
    queue_.Push({.invocation = std::move(invocation),
                 .reply = std::move(reply),
                 .flight = std::move(flight)});
  }

  FlightGround ground_;
  CallQueue queue_{2};
  Keeping handler_;
  Dispatcher dispatcher_{handler_, InvocationLog::Silent()};
  std::unique_ptr<http::Server> server_ = http::StartServer(http::Echo);
};

TEST_F(HttpDriveTest, SubmitsInTheThreadThatDrivesWhatCameBefore) {
  Push("a");
  HttpDrive drive(*server_, queue_, dispatcher_);

  EXPECT_TRUE(drive.Drive(Deadline::Never()));

  EXPECT_THAT(handler_.ids, ElementsAre("a"));
  EXPECT_EQ(handler_.thread, std::this_thread::get_id());
}

TEST_F(HttpDriveTest, HandsOutWhatWaitedForItsTurnOnceAnotherIsAnswered) {
  HttpDrive drive(*server_, queue_, dispatcher_);
  for (const char* id : {"a", "b", "c"}) Push(id);
  drive.Drive(Deadline::Never());
  ASSERT_THAT(handler_.ids, ElementsAre("a", "b"));

  std::move(handler_.replies.front()).Send(Response{});
  drive.Drive(Deadline::Never());

  EXPECT_THAT(handler_.ids, ElementsAre("a", "b", "c"));
}

TEST_F(HttpDriveTest, IsWokenByACallFromAnotherThread) {
  HttpDrive drive(*server_, queue_, dispatcher_);
  const std::jthread other([this] { Push("a"); });

  drive.Drive(Deadline::Never());

  EXPECT_THAT(handler_.ids, ElementsAre("a"));
}

TEST_F(HttpDriveTest, IsOverWhenAllIsAnsweredAfterTheQueueWasClosed) {
  HttpDrive drive(*server_, queue_, dispatcher_);
  Push("a");
  queue_.Close();
  EXPECT_TRUE(drive.Drive(Deadline::Never()));

  std::move(handler_.replies.front()).Send(Response{});

  EXPECT_FALSE(drive.Drive(Deadline::Never()));
}

TEST_F(HttpDriveTest, ReturnsForADescriptorAndCallsOnceHoweverLongThatIsReadable) {
  HttpDrive drive(*server_, queue_, dispatcher_);
  int calls = 0;
  drive.Watch(UniqueFd(::eventfd(1, EFD_CLOEXEC)), [&calls] { ++calls; });

  drive.Drive(Deadline::Never());
  EXPECT_EQ(calls, 1);
  drive.Drive(Deadline::Never());
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace openfc
