#include "runtime/server/http_door.h"

#include "tests/unit/runtime/server/server_fakes.h"

#include <gtest/gtest.h>

namespace openfc {
namespace {

class HttpDoorTest : public ::testing::Test {
 protected:
  /// The status of what is answered at once; 0: nothing is.
  int Ask(const RequestText& text) {
    line_ = std::make_shared<FakeLine>();
    door_->OnRequest(MakeRequest(text), http::Responder(line_, 1));
    return line_->answer ? line_->answer->status : 0;
  }
  int AskHealth(const std::string& path = "/healthz") {
    return Ask({.method = "GET", .target = path});
  }

  void Make(HttpDoorOptions options) { door_.emplace(std::move(options), ground_.control, queue_); }
  void Open(FunctionInterface interface = FunctionInterface::kEvent) {
    door_->Open({.interface = interface, .handler = "index.handler"});
  }

  std::string NextBody() {
    auto popped = queue_.Pop();
    return std::get<std::string>(popped->call.invocation.body);
  }

  FlightGround ground_;
  CallQueue queue_{10};
  std::optional<HttpDoor> door_{std::in_place, HttpDoorOptions(), ground_.control, queue_};
  std::shared_ptr<FakeLine> line_;
};

TEST_F(HttpDoorTest, QueuesRequestsOnceItIsOpen) {
  Open();

  EXPECT_EQ(Ask({.body = "event"}), 0);

  EXPECT_EQ(NextBody(), "event");
}

TEST_F(HttpDoorTest, HoldsRequestsUntilItIsOpen) {
  EXPECT_EQ(Ask({.body = "first"}), 0);
  const auto first = line_;
  EXPECT_EQ(Ask({.body = "second"}), 0);
  const auto second = line_;

  Open();

  EXPECT_EQ(NextBody(), "first");
  EXPECT_EQ(NextBody(), "second");
}

TEST_F(HttpDoorTest, IsHealthyBetweenItsOpeningAndTheDrain) {
  EXPECT_EQ(AskHealth(), 503);
  Open();
  EXPECT_EQ(AskHealth(), 200);
  door_->BeginDrain();
  EXPECT_EQ(AskHealth(), 503);
}

TEST_F(HttpDoorTest, LeavesTheHealthPathToAWebApplication) {
  Open(FunctionInterface::kWsgi);

  EXPECT_EQ(AskHealth(), 0);
}

TEST_F(HttpDoorTest, TakesTheHealthPathFromAWebApplicationWhereItIsSet) {
  Make({.health_path = "/live", .is_health_path_set = true});
  Open(FunctionInterface::kAsgi);

  EXPECT_EQ(AskHealth("/live"), 200);
  EXPECT_EQ(AskHealth("/healthz"), 0);
}

TEST_F(HttpDoorTest, HasNoHealthPathWhereItIsEmpty) {
  Make({.health_path = "", .is_health_path_set = true});
  Open();

  EXPECT_EQ(AskHealth(), 0);
}

TEST_F(HttpDoorTest, ReadsBodiesWhileTheyComeForWebApplicationsAlone) {
  const http::Request request = MakeRequest({});
  EXPECT_FALSE(door_->StreamsBody(request));
  Open(FunctionInterface::kEvent);
  EXPECT_FALSE(door_->StreamsBody(request));

  HttpDoor other({}, ground_.control, queue_);
  other.Open({.interface = FunctionInterface::kWsgi, .handler = "index.app"});
  EXPECT_TRUE(other.StreamsBody(request));
}

TEST_F(HttpDoorTest, RefusesACloudEventThatIsNone) {
  Open();

  EXPECT_EQ(Ask({.headers = {{"ce-specversion", "1.0"}}}), 400);
}

}  // namespace
}  // namespace openfc
