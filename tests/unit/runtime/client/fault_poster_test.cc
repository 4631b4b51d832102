#include "runtime/client/fault_poster.h"

#include "tests/fakes/limit.h"
#include "tests/fakes/platform.h"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>

namespace openfc {
namespace {

using std::chrono_literals::operator""ms;
using openfc::testing::Answer;
using openfc::testing::ByteByByte;
using openfc::testing::Hang;
using openfc::testing::HangUp;
using openfc::testing::kLimit;
using openfc::testing::Platform;
using openfc::testing::Raw;
using openfc::testing::Request;
using openfc::testing::ResetConnection;
using openfc::testing::Respond;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

PlatformAddress AddressOf(const std::string& host, std::uint16_t port) {
  const auto address = ResolvePlatform({.host = host, .port = port});
  EXPECT_TRUE(address) << address.error().message;
  return *address;
}

FaultReport ReportFor(const std::string& id, const std::string& document = "{}") {
  return {.path = "/x/" + id + "/error", .document = document, .request_id = id};
}

class FaultPosterTest : public ::testing::Test {
 protected:
  FaultPoster Poster(FaultPosterLimits limits = {}) {
    return FaultPoster(AddressOf("127.0.0.1", platform_.port()), limits);
  }

  static std::vector<pollfd> Awaited(const FaultPoster& poster) {
    std::vector<pollfd> entries;
    poster.AppendAwaited(entries);
    return entries;
  }

  /// One round of a poll loop, after a first Advance().
  static void Turn(FaultPoster& poster) {
    auto entries = Awaited(poster);
    ::poll(entries.data(), entries.size(), poster.NextLook().PollTimeout());
    poster.Advance();
  }

  /// Until every post is over; false: they never are.
  static bool Finish(FaultPoster& poster) {
    const Deadline limit = Deadline::After(kLimit);
    poster.Advance();
    while (!poster.IsIdle() && !limit.HasPassed()) Turn(poster);
    return poster.IsIdle();
  }

  std::vector<Request> Posts() const { return platform_.posts(); }

  Platform platform_;
};

TEST_F(FaultPosterTest, HasNothingToDoAtFirst) {
  const auto poster = Poster();

  EXPECT_TRUE(poster.IsIdle());
  EXPECT_TRUE(poster.NextLook().IsNever());
  EXPECT_THAT(Awaited(poster), IsEmpty());
}

TEST_F(FaultPosterTest, PostsTheDocument) {
  auto poster = Poster();
  const std::string document = R"({"errorMessage": "a\nb", "errorType": "ProcessExited"})";
  poster.Post(ReportFor("r-1", document));

  ASSERT_TRUE(Finish(poster));

  ASSERT_THAT(Posts(), SizeIs(1));
  const Request post = Posts()[0];
  EXPECT_EQ(post.method, "POST");
  EXPECT_EQ(post.path, "/x/r-1/error");
  EXPECT_EQ(post.body, document);
  EXPECT_EQ(post.Header("content-type"), "application/json");
  EXPECT_EQ(post.Header("content-length"), std::to_string(document.size()));
  EXPECT_EQ(post.Header("host"), platform_.address());
  EXPECT_EQ(post.Header("connection"), "close");
}

TEST_F(FaultPosterTest, PostsADocumentThatFitsInNoBuffer) {
  auto poster = Poster();
  const std::string document(16'000'000, 'x');
  poster.Post(ReportFor("r-1", document));

  ASSERT_TRUE(Finish(poster));

  ASSERT_THAT(Posts(), SizeIs(1));
  EXPECT_EQ(Posts()[0].body, document);
}

struct Ending {
  const char* name;
  Answer answer;
  std::size_t posts;  // Before the post is over, a plain 200 following.
};

class PostEndingTest : public FaultPosterTest, public ::testing::WithParamInterface<Ending> {};

TEST_P(PostEndingTest, RepeatsOnlyWhileThePlatformHasNotSpoken) {
  platform_.AnswerPost(GetParam().answer);
  auto poster = Poster();
  poster.Post(ReportFor("r-1"));

  ASSERT_TRUE(Finish(poster));

  EXPECT_THAT(Posts(), SizeIs(GetParam().posts));
}

INSTANTIATE_TEST_SUITE_P(
    Each, PostEndingTest,
    ::testing::Values(
        Ending{"Ok", Respond(200), 1}, Ending{"Accepted", Respond(202, "{}"), 1},
        Ending{"BadRequest", Respond(400), 1}, Ending{"Forbidden", Respond(403, "no"), 1},
        Ending{"TooLarge", Respond(413), 1}, Ending{"ServerError", Respond(500), 2},
        Ending{"Unavailable", Respond(503, "later"), 2},
        Ending{"OnlyInterim", Raw("HTTP/1.1 100 Continue\r\n\r\n"), 2},
        Ending{"Dribble", ByteByByte(Respond(200)), 1},
        Ending{"StatusLineThenEnd", Raw("HTTP/1.1 200 OK\r\n"), 1},
        Ending{"StatusLineThenReset", Raw("HTTP/1.1 200 OK\r\n", Answer::Then::kReset), 1},
        Ending{"EndlessHead",
               Raw("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'), Answer::Then::kKeep), 1},
        Ending{"HangUp", HangUp(), 2}, Ending{"Reset", ResetConnection(), 2},
        Ending{"HalfAStatusLine", Raw("HTTP/1.1 20"), 2},
        Ending{"NotHttp", Raw("220 smtp.example ESMTP\r\n"), 2},
        Ending{"NoNumber", Raw("HTTP/1.1 OK fine\r\n\r\n"), 2},
        Ending{"EndlessLine", Raw(std::string(100'000, 'x'), Answer::Then::kKeep), 2}),
    [](const auto& row) { return row.param.name; });

TEST_F(FaultPosterTest, RepeatsTheSameBytesOnNewConnectionsThreeTimesAtMost) {
  for (int i = 0; i < 10; ++i) platform_.AnswerPost(HangUp());
  auto poster = Poster();
  poster.Post(ReportFor("r-1", "{\"a\": 1}"));

  ASSERT_TRUE(Finish(poster));

  ASSERT_THAT(Posts(), SizeIs(4));
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(Posts()[i].body, Posts()[0].body);
    EXPECT_EQ(Posts()[i].headers, Posts()[0].headers);
    EXPECT_NE(Posts()[i].connection, Posts()[i - 1].connection);
  }
}

TEST_F(FaultPosterTest, GivesUpOnAPlatformThatFailsEachTime) {
  for (int i = 0; i < 10; ++i) platform_.AnswerPost(Respond(500));
  auto poster = Poster();
  poster.Post(ReportFor("r-1"));

  ASSERT_TRUE(Finish(poster));

  EXPECT_THAT(Posts(), SizeIs(4));
}

TEST_F(FaultPosterTest, GivesUpOnAPlatformThatIsNotThere) {
  platform_.Refuse();
  auto poster = Poster();
  poster.Post(ReportFor("r-1"));

  EXPECT_TRUE(Finish(poster));
  EXPECT_THAT(Posts(), IsEmpty());
}

TEST_F(FaultPosterTest, GivesUpOnAPlatformThatHangsWhenItsTimeIsOver) {
  platform_.AnswerPost(Hang(Respond(200)));
  auto poster = Poster({.post_time = 50ms});
  poster.Post(ReportFor("r-1"));

  EXPECT_TRUE(Finish(poster));
  EXPECT_THAT(Posts(), SizeIs(1));
}

TEST_F(FaultPosterTest, TakesAStatusLineForAnAnswerWhenItsTimeIsOver) {
  platform_.AnswerPost(Raw("HTTP/1.1 200 OK\r\n", Answer::Then::kKeep));
  auto poster = Poster({.post_time = 50ms});
  poster.Post(ReportFor("r-1"));

  EXPECT_TRUE(Finish(poster));
  EXPECT_THAT(Posts(), SizeIs(1));
}

TEST_F(FaultPosterTest, HoldsNoPostUpBehindOneThatHangs) {
  platform_.AnswerPost(Hang(Respond(200)));
  auto poster = Poster();
  poster.Post(ReportFor("r-1"));
  poster.Advance();
  while (Awaited(poster).at(0).events == POLLOUT) Turn(poster);
  ASSERT_TRUE(platform_.AwaitPosts(1));  // The one that hangs.
  poster.Post(ReportFor("r-2"));
  poster.Advance();

  while (Awaited(poster).size() == 2) Turn(poster);

  EXPECT_THAT(Posts(), SizeIs(2));
  EXPECT_FALSE(poster.IsIdle());
  platform_.Release();
  EXPECT_TRUE(Finish(poster));
}

TEST_F(FaultPosterTest, OpensNoMoreConnectionsThanItMay) {
  for (int i = 0; i < 3; ++i) platform_.AnswerPost(Hang(Respond(200)));
  auto poster = Poster({.connections = 3});
  for (int i = 0; i < 20; ++i) poster.Post(ReportFor("r-" + std::to_string(i)));

  poster.Advance();
  EXPECT_THAT(Awaited(poster), SizeIs(3));
  for (int i = 0; i < 3; ++i) platform_.Release();

  EXPECT_TRUE(Finish(poster));
  EXPECT_THAT(Posts(), SizeIs(20));
}

TEST(ResolvePlatformTest, TakesAnAddressInNumbers) {
  const PlatformAddress address = AddressOf("127.0.0.1", 9001);

  EXPECT_EQ(address.socket.ss_family, AF_INET);
  EXPECT_EQ(address.length, sizeof(sockaddr_in));
  EXPECT_EQ(address.authority, "127.0.0.1:9001");
}

TEST(ResolvePlatformTest, TakesVersion6) {
  const PlatformAddress address = AddressOf("::1", 9001);

  EXPECT_EQ(address.socket.ss_family, AF_INET6);
  EXPECT_EQ(address.authority, "[::1]:9001");
}

TEST(ResolvePlatformTest, TakesAUnixSocketInTheHostsPlaceAndKeepsTheHostsName) {
  const auto address = ResolvePlatform({.host = "platform", .port = 80, .socket = "/tmp/api"});

  ASSERT_TRUE(address);
  const auto& local = reinterpret_cast<const sockaddr_un&>(address->socket);
  EXPECT_EQ(local.sun_family, AF_UNIX);
  EXPECT_STREQ(&local.sun_path[0], "/tmp/api");
  EXPECT_EQ(address->authority, "platform:80");
}

TEST(ResolvePlatformTest, TakesTheNameOfAnAbstractSocket) {
  const auto address = ResolvePlatform({.host = "h", .port = 80, .socket = "@api"});

  ASSERT_TRUE(address);
  const auto& local = reinterpret_cast<const sockaddr_un&>(address->socket);
  EXPECT_EQ(std::string(&local.sun_path[0], 4), std::string("\0api", 4));
  EXPECT_EQ(address->length, offsetof(sockaddr_un, sun_path) + 4);
}

TEST(ResolvePlatformTest, RefusesANameThatIsTooLongForASocket) {
  const auto address =
      ResolvePlatform({.host = "h", .port = 80, .socket = "/" + std::string(200, 'a')});

  ASSERT_FALSE(address);
  EXPECT_THAT(address.error().message, HasSubstr("is too long"));
}

TEST(ResolvePlatformTest, IsASentenceForWhatHasNoAddress) {
  const std::string host(70, 'x');  // Longer than any label of a host name: nobody is asked.

  const auto address = ResolvePlatform({.host = host, .port = 9001});

  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(address.error().message,
            "the platform's host '" + host + "' cannot be resolved: Name or service not known");
}

}  // namespace
}  // namespace openfc
