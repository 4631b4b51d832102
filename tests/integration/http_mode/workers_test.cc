// Several processes that serve one socket.

#include "tests/integration/http_mode/http_mode_test.h"

#include <signal.h>

#include <algorithm>
#include <set>
#include <vector>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class HttpWorkersTest : public HttpModeTest {
 protected:
  void StartWorkers(const HttpInstance::Variables& more = {}) {
    HttpInstance::Variables variables = {
        {"OPENFC_WORKERS", "2"}, {"OPENFC_GRACE_SECONDS", "3600"}, {"OPENFC_METRICS_PORT", "0"}};
    variables.insert(more.begin(), more.end());
    instance_.Start(variables);
  }

  /// One connection to each of the workers; `pids` are theirs.
  std::vector<http::RawClient> ConnectToEach(std::vector<int>& pids) {
    std::vector<http::RawClient> clients;
    std::set<int> known;
    while (known.size() < 2) {
      http::RawClient client = instance_.Connect();
      client.Send(BytesOf({.body = "process"}));
      const int pid = std::stoi(ReadReply(client).body);
      if (!known.insert(pid).second) continue;
      pids.push_back(pid);
      clients.push_back(std::move(client));
    }
    return clients;
  }
};

TEST_F(HttpWorkersTest, ServeTheSameSocket) {
  StartWorkers();
  std::vector<int> pids;

  EXPECT_THAT(ConnectToEach(pids), SizeIs(2));
}

TEST_F(HttpWorkersTest, HaveALimitOfTheirOwnWhereNoneIsConfigured) {
  StartWorkers();

  EXPECT_EQ(instance_.Invoke("echo").body, "served");
  EXPECT_THAT(Err(), Not(HasSubstr("workers_limited")));
}

TEST_F(HttpWorkersTest, LoseOnlyTheConnectionsOfTheOneThatDies) {
  StartWorkers();
  std::vector<int> pids;
  auto clients = ConnectToEach(pids);
  clients[0].Send(BytesOf({.headers = {{"x-fc-request-id", "r-1"}}, .body = "waits"}));
  clients[1].Send(BytesOf({.body = "waits"}));
  ASSERT_TRUE(AwaitText("waits\n"));

  ::kill(pids[0], SIGKILL);

  EXPECT_EQ(ReadReply(clients[0]).status, 0);
  EXPECT_TRUE(AwaitText("worker_ended worker="));
  OpenGate();
  EXPECT_EQ(ReadReply(clients[1]).body, "waited");
}

TEST_F(HttpWorkersTest, AreReplacedOneByOne) {
  StartWorkers();
  std::vector<int> pids;
  auto clients = ConnectToEach(pids);

  ::kill(pids[0], SIGKILL);
  ASSERT_TRUE(AwaitText("worker_ended worker="));

  std::vector<int> now;
  (void)ConnectToEach(now);
  EXPECT_EQ(std::count(now.begin(), now.end(), pids[1]), 1);
  EXPECT_EQ(std::count(now.begin(), now.end(), pids[0]), 0);
}

TEST_F(HttpWorkersTest, EndWithADeadlineAlone) {
  StartWorkers();
  std::vector<int> pids;
  auto clients = ConnectToEach(pids);
  clients[1].Send(BytesOf({.body = "waits"}));
  ASSERT_TRUE(AwaitText("waits\n"));

  clients[0].Send(BytesOf({.headers = {{"x-fc-function-timeout", "1"}}, .body = "sleeps"}));

  EXPECT_EQ(ReadReply(clients[0]).status, 404);
  ASSERT_TRUE(AwaitText("worker_ended worker="));
  OpenGate();
  EXPECT_EQ(ReadReply(clients[1]).body, "waited");
}

TEST_F(HttpWorkersTest, DrainTogether) {
  StartWorkers();
  std::vector<int> pids;
  auto clients = ConnectToEach(pids);

  instance_.program().Signal(SIGTERM);

  for (http::RawClient& client : clients) EXPECT_EQ(client.ReadToEnd(), "");
  ExpectEnd(143);
}

TEST_F(HttpWorkersTest, AddUpTheirFigures) {
  StartWorkers();
  std::vector<int> pids;
  auto clients = ConnectToEach(pids);
  const double before =
      instance_.Metrics()["openfc_invocations_total{type=\"invoke\",outcome=\"success\"}"];
  for (http::RawClient& client : clients) {
    client.Send(BytesOf({.body = "echo"}));
    ASSERT_EQ(ReadReply(client).body, "served");
  }

  auto figures = instance_.Metrics();
  EXPECT_EQ(figures["openfc_invocations_total{type=\"invoke\",outcome=\"success\"}"], before + 2);
  EXPECT_EQ(figures["openfc_cold_starts_total"], 2);
}

}  // namespace
}  // namespace openfc::testing
