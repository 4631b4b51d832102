#include "emulator/platform/stored_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::Pair;

Call Restored(const Call& call) {
  Call restored;
  ReadCallHead(WriteCallHead(call), restored);
  return restored;
}

TEST(StoredCallTest, IsItsQualifierWhereThatIsAll) {
  EXPECT_EQ(WriteCallHead({.request_id = "r", .qualifier = "prod"}), "prod");
  EXPECT_EQ(Restored({.request_id = "r", .qualifier = "prod"}).qualifier, "prod");
  EXPECT_FALSE(Restored({.request_id = "r", .qualifier = "prod"}).http);
}

TEST(StoredCallTest, KeepsARequestWithWhateverBytesItsHeadersHave) {
  const Call call{.request_id = "r",
                  .http = HttpRequest{.method = "PUT",
                                      .target = "/a%20b?x=1",
                                      .is_http_1_0 = true,
                                      .headers = {{"X-Odd", "caf\xe9"}, {"X-Odd", ""}},
                                      .base_path = "/2016-08-15/proxy/s/f",
                                      .client_address = "127.0.0.1",
                                      .client_port = 50000,
                                      .server_address = "127.0.0.2",
                                      .server_port = 8080},
                  .qualifier = "prod"};

  const Call restored = Restored(call);

  EXPECT_EQ(restored.qualifier, "prod");
  ASSERT_TRUE(restored.http);
  EXPECT_EQ(restored.http->method, "PUT");
  EXPECT_EQ(restored.http->target, "/a%20b?x=1");
  EXPECT_TRUE(restored.http->is_http_1_0);
  EXPECT_THAT(restored.http->headers, ElementsAre(Pair("X-Odd", "caf\xe9"), Pair("X-Odd", "")));
  EXPECT_EQ(restored.http->base_path, "/2016-08-15/proxy/s/f");
  EXPECT_EQ(restored.http->client_address, "127.0.0.1");
  EXPECT_EQ(restored.http->client_port, 50000);
  EXPECT_EQ(restored.http->server_address, "127.0.0.2");
  EXPECT_EQ(restored.http->server_port, 8080);
  EXPECT_FALSE(restored.http_params);
}

TEST(StoredCallTest, KeepsTheParametersOfFc2) {
  EXPECT_THAT(Restored({.request_id = "r", .http_params = "eyJhIjoxfQ=="}).http_params,
              Optional(std::string("eyJhIjoxfQ==")));
}

TEST(StoredCallTest, TakesNothingOfWhatIsNotOurs) {
  for (const char* const head : {"call:", "call:!!", "call:AAAA", "call:oA=="}) {
    Call call{.request_id = "r", .qualifier = "before"};

    ReadCallHead(head, call);

    EXPECT_EQ(call.qualifier, "before") << head;
    EXPECT_FALSE(call.http) << head;
  }
}

}  // namespace
}  // namespace openfc::emulator
