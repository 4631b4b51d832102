#include "tests/conformance/row.h"

#include <utility>

namespace openfc::testing {

Files Index(const std::string& code) { return {{"index.py", code}}; }

std::string Lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text.append(line).append("\n");
  return text;
}

Row Defining(std::string_view rule, const std::string& code, Expectation expected) {
  return {.rule = std::string(rule),
          .files = Index(code),
          .calls = {{.expected = std::move(expected)}}};
}

Row Returning(std::string_view rule, const std::string& expression, Expectation expected,
              const std::string& preamble) {
  const std::string handler = "def handler(event, context):\n    return " + expression + "\n";
  return Defining(rule, preamble + handler, std::move(expected));
}

Row ReturningAsJson(std::string_view rule, const std::string& expression) {
  return Returning(rule, expression, BodyAsPython("as_json(" + expression + ")"));
}

Row Calling(std::string_view rule, const std::string& handler, Files files, Expectation expected) {
  return {.rule = std::string(rule),
          .files = std::move(files),
          .calls = {
              {.headers = {{"x-fc-function-handler", handler}}, .expected = std::move(expected)}}};
}

}  // namespace openfc::testing
