#include "sandbox/service/answer_with_run.h"

#include "tests/unit/sandbox/service/service_fakes.h"

#include <gmock/gmock.h>

#include <optional>
#include <thread>

namespace openfc::sandbox {
namespace {

using openfc::testing::FakeExecutor;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(AnswerWithRunTest, CancelsTheRunOfAClientThatGoesAway) {
  FakeExecutor executor;
  const auto service = Serve(executor);
  std::optional<http::RawClient> client(service->port());
  client->Send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  while (executor.taken().empty()) std::this_thread::yield();

  client.reset();

  while (!executor.IsOver(*executor.taken().at(0))) std::this_thread::yield();
}

TEST(AnswerWithRunTest, SaysWhenToComeAgainInTheWordsOfTheDialect) {
  FakeExecutor executor;
  executor.SetCapacity(0);
  const auto service = Serve(executor);

  EXPECT_THAT(Ask(service->port(), "POST /", "x"),
              AllOf(StartsWith("HTTP/1.1 429"), HasSubstr("Retry-After: 1\r\n"),
                    HasSubstr("\r\n\r\nbusy")));
  EXPECT_THAT(Ask(service->port(), "GET /metrics"), HasSubstr("fcsandbox_runs_busy_total 1\n"));
}

TEST(AnswerWithRunTest, TellsClientsNothingOfTheSystem) {
  FakeExecutor executor;
  Workers workers(1);
  const PlainDialect dialect({.executor = executor, .workers = workers});

  const auto system = RefusalOf({ErrorCode::kSystem, "cannot open /etc/secret"}, dialect);
  const auto limit = RefusalOf({ErrorCode::kInvalidArgument, "wall is above its cap"}, dialect);

  EXPECT_EQ(system.status, 500);
  EXPECT_EQ(system.body, "refused: the run could not be taken");
  EXPECT_EQ(limit.status, 400);
  EXPECT_EQ(limit.body, "refused: wall is above its cap");
}

}  // namespace
}  // namespace openfc::sandbox
