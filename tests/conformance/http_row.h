#pragma once

#include "tests/fakes/http_instance.h"
#include "tests/fakes/row_of.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::testing {

/// What an answer must be; checked with GoogleTest's expectations.
using HttpExpectation = std::function<void(const HttpReply& reply, HttpInstance& instance)>;

struct HttpExchange {
  HttpAsk ask = {};
  HttpExpectation expected = {};
};

/// One rule of the custom-runtime contract (fc-platform.md, section 1): a function, what the
/// instance is asked over the wire, and what must come back. Played against an instance of its own.
struct HttpRow {
  std::string rule;  // A sentence in CamelCase: the test's name.
  std::string code;  // index.py
  std::vector<HttpExchange> exchanges = {};
  HttpInstance::Variables environment = {};
  std::vector<std::string> arguments = {};

  /// All of standard output, each request id that was made up as {ID}.
  std::optional<std::string> log = {};
};

// Each also expects that the answer carries a request id.
HttpExpectation Succeeds(const std::string& body);             // 200, x-fc-status: 200
HttpExpectation SucceedsMatching(const std::string& pattern);  // The same.
HttpExpectation Fails(int status, const std::string& type, const std::string& message);
HttpExpectation Answers(int status, const std::string& body,
                        const HeaderPairs& headers = {});  // Those among others.
/// The body is JSON, and this of it is as it should be.
HttpExpectation AnswersJson(const std::function<void(const nlohmann::json&)>& check);

/// About our health: no request id.
HttpExpectation IsHealthy();

/// A function that returns the value of an expression of `event` and `context`.
std::string Returns(const std::string& expression);

inline const std::string& NameOf(const HttpRow& row) { return row.rule; }

/// The table's test: each row an instance of it.
class HttpConformanceTest : public ::testing::TestWithParam<RowOf<HttpRow>> {};

}  // namespace openfc::testing

/// Makes the rows tests named SECTION/HttpConformanceTest.Holds/RULE.
#define OPENFC_HTTP_ROWS(section, table)                                                     \
  INSTANTIATE_TEST_SUITE_P(section, HttpConformanceTest, ::testing::ValuesIn(RowsOf(table)), \
                           NameOfRow<HttpRow>)
