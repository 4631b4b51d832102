#include "sandbox/service/service.h"

#include "tests/unit/sandbox/service/service_fakes.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <future>

namespace openfc::sandbox {
namespace {

using openfc::testing::FakeExecutor;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

RunOutcome Echo(const RunRequest& request) {
  return {.end = RunEnd::kExited, .output = std::get<PythonProgram>(request.program).code};
}

class ServiceTest : public ::testing::Test {
 protected:
  FakeExecutor executor_{&Echo};
};

TEST_F(ServiceTest, AnswersRunsWithTheLevelOfIsolation) {
  const auto service = Serve(executor_);

  EXPECT_THAT(Ask(service->port(), "POST /", "print(1)"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("X-Fcsandbox-Isolation: none\r\n"),
                    HasSubstr("\r\n\r\nprint(1)")));
}

TEST_F(ServiceTest, AnswersForTheOperatorItself) {
  const auto service = Serve(executor_);
  (void)Ask(service->port(), "POST /", "print(1)");

  EXPECT_THAT(Ask(service->port(), "GET /v1/isolation"),
              HasSubstr(R"({"profile":"none","missing":[]})"));
  EXPECT_THAT(Ask(service->port(), "GET /v1/health"), HasSubstr(R"({"status":"ok"})"));
  EXPECT_THAT(Ask(service->port(), "GET /metrics"),
              AllOf(HasSubstr("Content-Type: text/plain; version=0.0.4"),
                    HasSubstr("fcsandbox_runs_total{verdict=\"exited\"} 1\n")));
  EXPECT_EQ(executor_.taken().size(), 1U);
}

TEST_F(ServiceTest, RefusesForeignHostsAndPages) {
  const auto service = Serve(executor_, {.allowed_hosts = {"own.example"}});
  http::RawClient foreign(service->port());
  foreign.Send("POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n");

  EXPECT_THAT(foreign.ReadUntil("\r\n\r\n"), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(Ask(service->port(), "POST /", "x", "Origin: https://evil.example\r\n"),
              AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("refused: pages of that Origin"),
                    Not(HasSubstr("Access-Control"))));
  EXPECT_THAT(Ask(service->port(), "POST /", "x", "Origin: http://localhost:3000\r\n"),
              StartsWith("HTTP/1.1 403"));
  EXPECT_EQ(executor_.taken().size(), 0U);
  EXPECT_THAT(Ask(service->port(), "POST /", "x", "Origin: https://own.example\r\n"),
              StartsWith("HTTP/1.1 200"));
}

TEST_F(ServiceTest, LetsPagesOfAnyHostCallOnPurpose) {
  const auto service = Serve(executor_, {.allows_cross_origin = true});
  const std::string page = "Origin: https://page.example\r\n";

  EXPECT_THAT(Ask(service->port(), "POST /", "x", page),
              AllOf(StartsWith("HTTP/1.1 200"),
                    HasSubstr("Access-Control-Allow-Origin: https://page.example\r\n"),
                    HasSubstr("Vary: Origin\r\n")));
  EXPECT_THAT(
      Ask(service->port(), "OPTIONS /", "",
          page + "Access-Control-Request-Method: POST\r\n"
                 "Access-Control-Request-Headers: content-type\r\n"),
      AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Access-Control-Allow-Headers: content-type\r\n"),
            HasSubstr("\r\n\r\nOK")));
  EXPECT_THAT(Ask(service->port(), "POST /", "x"), Not(HasSubstr("Access-Control")));
}

TEST_F(ServiceTest, OpensWithAKeyOnly) {
  const auto service = Serve(executor_, {.keys = ApiKeys({"one", "two"})});

  EXPECT_THAT(Ask(service->port(), "POST /", "x"),
              AllOf(StartsWith("HTTP/1.1 401"), HasSubstr("WWW-Authenticate: Bearer\r\n"),
                    HasSubstr("refused: a key")));
  EXPECT_THAT(Ask(service->port(), "GET /metrics"), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(Ask(service->port(), "POST /", "x", "X-API-Key: three\r\n"),
              StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(Ask(service->port(), "GET /v1/health"), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(executor_.taken().size(), 0U);
  EXPECT_THAT(Ask(service->port(), "POST /", "x", "X-API-Key: two\r\n"),
              StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Ask(service->port(), "POST /", "x", "Authorization: Bearer one\r\n"),
              StartsWith("HTTP/1.1 200"));
}

TEST_F(ServiceTest, ListensElsewhereThanOnLoopbackOnlyWithAKey) {
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1"}) {
    const auto may = Service::MayListen({.address = address});
    ASSERT_FALSE(may) << address;
    EXPECT_EQ(may.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(may.error().message, HasSubstr("--api-key-file"));
    EXPECT_TRUE(Service::MayListen({.address = address, .keys = ApiKeys({"key"})}));
  }
  for (const char* address : {"127.0.0.1", "127.1.2.3", "::1"}) {
    EXPECT_TRUE(Service::MayListen({.address = address})) << address;
  }
  EXPECT_FALSE(Service::Start(executor_, "plain", &MakePlainDialect, {.address = "0.0.0.0"}));
}

TEST_F(ServiceTest, RefusesBrokenRequestsInTheWordsOfTheDialect) {
  const auto service = Serve(executor_);
  http::RawClient client(service->port());
  client.Send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n");

  EXPECT_THAT(client.ReadToEnd(), AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("refused: "),
                                        HasSubstr("X-Fcsandbox-Isolation: none\r\n")));
}

TEST_F(ServiceTest, NeverTellsWhatAnExceptionSays) {
  const auto service = Serve(executor_);

  for (const char* path : {"POST /throw", "POST /throw-later"}) {
    EXPECT_THAT(Ask(service->port(), path),
                AllOf(StartsWith("HTTP/1.1 500"), Not(HasSubstr("a secret"))));
  }
}

TEST_F(ServiceTest, AnswersWhatIsUnderWayBeforeItIsDrained) {
  FakeExecutor slow;
  const auto service = Serve(slow);
  auto answer = std::async(std::launch::async, [&] { return Ask(service->port(), "POST /", "x"); });
  while (slow.taken().empty()) std::this_thread::yield();
  std::promise<void> empty;

  service->Drain([&empty] { empty.set_value(); });
  slow.End(*slow.taken().at(0), {.end = RunEnd::kExited, .output = "late"});

  EXPECT_THAT(answer.get(), HasSubstr("\r\n\r\nlate"));
  empty.get_future().wait();
}

TEST_F(ServiceTest, CancelsWhatRunsWhenItEnds) {
  FakeExecutor slow;
  auto service = Serve(slow);
  http::RawClient client(service->port());
  client.Send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  while (slow.taken().empty()) std::this_thread::yield();

  service.reset();

  EXPECT_TRUE(slow.IsOver(*slow.taken().at(0)));
}

TEST_F(ServiceTest, WritesALineForEachRun) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd read_end(ends[0]);
  const UniqueFd write_end(ends[1]);
  const auto service = Serve(executor_, {.log_fd = write_end.get()});

  (void)Ask(service->port(), "POST /", "a password");

  std::string line(4096, '\0');
  line.resize(static_cast<std::size_t>(::read(read_end.get(), line.data(), line.size())));
  EXPECT_THAT(line, AllOf(HasSubstr(R"("dialect":"plain")"), HasSubstr(R"("verdict":"exited")"),
                          Not(HasSubstr("password"))));
}

}  // namespace
}  // namespace openfc::sandbox
