#pragma once

#include "tests/conformance/expectation.h"
#include "tests/conformance/instance.h"
#include "tests/fakes/row_of.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::testing {

/// One invocation of a row, and what must be posted for it.
struct Call {
  std::string event = {};
  HeaderPairs headers = {};  // On top of the id and x-fc-function-handler: index.handler.
  Expectation expected = {};
};

/// One rule of fc-runtime-api.md: a function, what it is called with, and what must come of it.
///
/// A row is played against a bootstrap of its own. `calls` come first, one after the other; then
/// `log`; then `play`, for what a call and its answer cannot say.
struct Row {
  std::string rule;  // A sentence in CamelCase: the test's name.
  Files files = {};
  std::vector<Call> calls = {};
  Variables environment = {};

  /// All of stdout: {TIME} is any time of day, {CODE} the function's folder, {BODY} the last post.
  std::optional<std::string> log = {};

  /// Gets a started instance, unless the row is `unstarted`.
  std::function<void(Instance&)> play = {};
  bool unstarted = false;
};

/// A function in index.py.
Files Index(const std::string& code);
/// `lines`, each with a newline: code without escapes.
std::string Lines(const std::vector<std::string>& lines);

/// A row of one call of `index.handler`, defined by `code`.
Row Defining(std::string_view rule, const std::string& code, Expectation expected);
/// Its handler returns the value of a Python expression; `preamble` stands above it.
Row Returning(std::string_view rule, const std::string& expression, Expectation expected,
              const std::string& preamble = {});
/// It returns it, and what json.dumps makes of the same value in plain Python is posted.
Row ReturningAsJson(std::string_view rule, const std::string& expression);
/// A row of one call with another handler string.
Row Calling(std::string_view rule, const std::string& handler, Files files, Expectation expected);

inline const std::string& NameOf(const Row& row) { return row.rule; }

/// The table's test: each row an instance of it.
class ConformanceTest : public ::testing::TestWithParam<RowOf<Row>> {};

}  // namespace openfc::testing

/// Makes the rows of one section, a table that lives on, tests named
/// SECTION/ConformanceTest.Holds/RULE.
#define OPENFC_CONFORMANCE_ROWS(section, table)                                          \
  INSTANTIATE_TEST_SUITE_P(section, ConformanceTest, ::testing::ValuesIn(RowsOf(table)), \
                           NameOfRow<Row>)
