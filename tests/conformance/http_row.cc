// How a row of the HTTP mode's table is played; the rows stand in http_*.cc.

#include "tests/conformance/http_row.h"

#include <gmock/gmock.h>

#include <regex>

namespace openfc::testing {
namespace {

using ::testing::MatchesRegex;
using ::testing::Optional;
using Json = nlohmann::json;

void ExpectRequestId(const HttpReply& reply) {
  EXPECT_THAT(reply.Header("x-fc-request-id"), Optional(MatchesRegex("[A-Za-z0-9_-]+")));
}

void ExpectSuccess(const HttpReply& reply) {
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.Header("x-fc-status"), "200");
  EXPECT_EQ(reply.Header("Content-Type"), "application/octet-stream");
  ExpectRequestId(reply);
}

TEST_P(HttpConformanceTest, Holds) {
  const HttpRow& row = *GetParam().row;
  HttpInstance instance(row.code);
  instance.Start(row.environment, row.arguments);

  for (const HttpExchange& exchange : row.exchanges) {
    const HttpReply reply = instance.Ask(exchange.ask);

    ASSERT_NE(reply.status, 0) << instance.program().output().joined();
    exchange.expected(reply, instance);
  }

  if (!row.log) return;
  static const std::regex kMadeUp("1-[0-9a-f]{8}-[0-9a-f]{24}");
  EXPECT_EQ(std::regex_replace(instance.program().output().out(), kMadeUp, "{ID}"), *row.log);
}

}  // namespace

HttpExpectation Succeeds(const std::string& body) {
  return [body](const HttpReply& reply, HttpInstance& /*instance*/) {
    ExpectSuccess(reply);
    EXPECT_EQ(reply.body, body);
  };
}

HttpExpectation SucceedsMatching(const std::string& pattern) {
  return [pattern](const HttpReply& reply, HttpInstance& /*instance*/) {
    ExpectSuccess(reply);
    EXPECT_THAT(reply.body, MatchesRegex(pattern));
  };
}

HttpExpectation Fails(int status, const std::string& type, const std::string& message) {
  return [=](const HttpReply& reply, HttpInstance& /*instance*/) {
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.Header("x-fc-status"), "404");
    EXPECT_EQ(reply.Header("Content-Type"), "application/json");
    ExpectRequestId(reply);
    const Json document = Json::parse(reply.body, nullptr, false);
    ASSERT_TRUE(document.is_object()) << reply.body;
    EXPECT_EQ(document.value("errorType", ""), type);
    EXPECT_EQ(document.value("errorMessage", ""), message);
  };
}

HttpExpectation Answers(int status, const std::string& body, const HeaderPairs& headers) {
  return [=](const HttpReply& reply, HttpInstance& /*instance*/) {
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.body, body);
    for (const auto& [name, value] : headers) EXPECT_EQ(reply.Header(name), value) << name;
    ExpectRequestId(reply);
  };
}

HttpExpectation AnswersJson(const std::function<void(const Json&)>& check) {
  return [=](const HttpReply& reply, HttpInstance& /*instance*/) {
    const Json document = Json::parse(reply.body, nullptr, false);
    ASSERT_FALSE(document.is_discarded()) << reply.body;
    check(document);
  };
}

HttpExpectation IsHealthy() {
  return [](const HttpReply& reply, HttpInstance& /*instance*/) {
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "ok\n");
    EXPECT_FALSE(reply.Header("x-fc-request-id"));
  };
}

std::string Returns(const std::string& expression) {
  return "import json\ndef handler(event, context):\n    return " + expression + "\n";
}

}  // namespace openfc::testing
