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
using ::testing::IsEmpty;

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
  explicit HttpDriveTest(std::chrono::nanoseconds patience = std::chrono::hours(1))
      : helm_(patience, [this] { server_->Wake(); }) {
    server_->HandOver(helm_, http::Server::Answers::kMayWait);
  }
  ~HttpDriveTest() override { server_->Stop(); }

  std::string Ask() const {
    http::RawClient client(server_->port());
    client.Send(http::Get("/"));
    return client.ReadBody();
  }

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

  /// Until the request has come that is kept.
  http::Responder DriveToKept(HttpDrive& drive) {
    while (desk_.waiting() == 0) drive.Drive(Deadline::After(std::chrono::milliseconds(1)));
    return desk_.Take();
  }

  FlightGround ground_;
  CallQueue queue_{2};
  Keeping handler_;
  Dispatcher dispatcher_{handler_, InvocationLog::Silent()};
  Helm helm_;
  http::Desk desk_;
  std::unique_ptr<http::Server> server_ =
      http::StartServer([this](http::Request request, http::Responder responder) {
        const bool is_kept = request.path() == "/kept";
        (is_kept ? desk_.handler() : http::RequestHandler(http::Echo))(std::move(request),
                                                                       std::move(responder));
      });
};

/// Whose stand-by takes the helm as soon as it looks.
class ImpatientHttpDriveTest : public HttpDriveTest {
 protected:
  ImpatientHttpDriveTest() : HttpDriveTest(std::chrono::nanoseconds(0)) {}
};

TEST_F(HttpDriveTest, SubmitsInTheThreadThatDrivesWhatCameBefore) {
  Push("a");
  HttpDrive drive(*server_, queue_, dispatcher_, helm_);

  EXPECT_TRUE(drive.Drive(Deadline::Never()));

  EXPECT_THAT(handler_.ids, ElementsAre("a"));
  EXPECT_EQ(handler_.thread, std::this_thread::get_id());
}

TEST_F(HttpDriveTest, HandsOutWhatWaitedForItsTurnOnceAnotherIsAnswered) {
  HttpDrive drive(*server_, queue_, dispatcher_, helm_);
  for (const char* id : {"a", "b", "c"}) Push(id);
  drive.Drive(Deadline::Never());
  ASSERT_THAT(handler_.ids, ElementsAre("a", "b"));

  std::move(handler_.replies.front()).Send(Response{});
  drive.Drive(Deadline::Never());

  EXPECT_THAT(handler_.ids, ElementsAre("a", "b", "c"));
}

TEST_F(HttpDriveTest, IsWokenByACallFromAnotherThread) {
  HttpDrive drive(*server_, queue_, dispatcher_, helm_);
  const std::jthread other([this] { Push("a"); });

  drive.Drive(Deadline::Never());

  EXPECT_THAT(handler_.ids, ElementsAre("a"));
}

TEST_F(HttpDriveTest, IsOverWhenAllIsAnsweredAfterTheQueueWasClosed) {
  HttpDrive drive(*server_, queue_, dispatcher_, helm_);
  Push("a");
  queue_.Close();
  EXPECT_TRUE(drive.Drive(Deadline::Never()));

  std::move(handler_.replies.front()).Send(Response{});

  EXPECT_FALSE(drive.Drive(Deadline::Never()));
}

TEST_F(HttpDriveTest, ReturnsForADescriptorAndCallsOnceHoweverLongThatIsReadable) {
  HttpDrive drive(*server_, queue_, dispatcher_, helm_);
  int calls = 0;
  drive.Watch(UniqueFd(::eventfd(1, EFD_CLOEXEC)), [&calls] { ++calls; });

  drive.Drive(Deadline::Never());
  EXPECT_EQ(calls, 1);
  drive.Drive(Deadline::Never());
  EXPECT_EQ(calls, 2);
}

TEST_F(ImpatientHttpDriveTest, OthersAreServedUntilItIsDrivenAgain) {
  HttpDrive drive(*server_, queue_, dispatcher_, helm_);

  EXPECT_EQ(Ask(), "/ ");
  drive.Drive(Deadline::After(std::chrono::seconds(0)));
  EXPECT_EQ(Ask(), "/ ");
}

TEST_F(ImpatientHttpDriveTest, SubmitsWhatCameMeanwhileInTheThreadThatDrives) {
  HttpDrive drive(*server_, queue_, dispatcher_, helm_);
  Push("a");
  EXPECT_EQ(Ask(), "/ ");  // The stand-by has taken notice of the call.
  EXPECT_THAT(handler_.ids, IsEmpty());

  drive.Drive(Deadline::Never());

  EXPECT_THAT(handler_.ids, ElementsAre("a"));
  EXPECT_EQ(handler_.thread, std::this_thread::get_id());
}

TEST_F(ImpatientHttpDriveTest, TellsOfADescriptorOnlyInTheThreadThatDrives) {
  HttpDrive drive(*server_, queue_, dispatcher_, helm_);
  int calls = 0;
  drive.Watch(UniqueFd(::eventfd(1, EFD_CLOEXEC)), [&calls] { ++calls; });
  EXPECT_EQ(Ask(), "/ ");
  EXPECT_EQ(calls, 0);

  drive.Drive(Deadline::Never());

  EXPECT_GE(calls, 1);
}

TEST_F(ImpatientHttpDriveTest, AnAnswerIsNotHeldUpByWhatComesAfterIt) {
  HttpDrive drive(*server_, queue_, dispatcher_, helm_);
  http::RawClient client(server_->port());
  client.Send(http::Get("/kept"));
  http::Responder responder = DriveToKept(drive);

  std::move(responder).Send(http::Text("not driven again"));

  EXPECT_EQ(client.ReadBody(), "not driven again");
}

TEST_F(HttpDriveTest, AnAnswerOfAnotherThreadIsWrittenWhileItIsNotDriven) {
  HttpDrive drive(*server_, queue_, dispatcher_, helm_);
  http::RawClient client(server_->port());
  client.Send(http::Get("/kept"));
  http::Responder responder = DriveToKept(drive);

  const std::jthread other(
      [&responder] { std::move(responder).Send(http::Text("from elsewhere")); });

  EXPECT_EQ(client.ReadBody(), "from elsewhere");
}

TEST_F(HttpDriveTest, SomebodyDrivesBeforeItIsDrivenFirst) {
  const HttpDrive drive(*server_, queue_, dispatcher_, helm_);

  helm_.Hurry();

  EXPECT_EQ(Ask(), "/ ");
}

}  // namespace
}  // namespace openfc
