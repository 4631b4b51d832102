#include "tests/conformance/expectation.h"

#include "tests/conformance/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <regex>

namespace openfc::testing {
namespace {

using nlohmann::json;

void ExpectPlace(const Request& post, const std::string& place) {
  EXPECT_TRUE(post.path.ends_with("/" + place)) << post.path << "\n" << post.body;
}

std::string InPythonsLayout(const json& document) {
  return document.dump(4, ' ', /*ensure_ascii=*/true);
}

json MakeDocument(const std::string& type, const std::string& message, const Stack& stack,
                  const Instance& instance) {
  json document = {{"errorType", type}, {"errorMessage", instance.Expand(message)}};
  if (!stack.is_any() && !stack.is_absent()) {
    document["stackTrace"] = json::parse(instance.Expand(stack.json()));
  }
  return document;
}

/// The posted document, its stack taken out when any would do.
std::string Comparable(const std::string& posted, const Stack& stack) {
  if (!stack.is_any()) return posted;
  json document = json::parse(posted, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return posted;
  document.erase("stackTrace");
  return InPythonsLayout(document);
}

std::string WithoutCounts(const std::string& text) {
  static const std::regex kCount(R"(repeated \d+ more times)");
  return std::regex_replace(text, kCount, "repeated N more times");
}

Expectation ErrorAnsweredBy(const std::vector<std::string>& question) {
  return [question](const Request& post, const Instance& instance) {
    ExpectPlace(post, "error");
    EXPECT_EQ(WithoutCounts(post.body), WithoutCounts(AskPython(question, instance.code())));
  };
}

}  // namespace

Expectation Body(std::string_view bytes) {
  return [bytes = std::string(bytes)](const Request& post, const Instance& instance) {
    ExpectPlace(post, "response");
    EXPECT_EQ(post.body, instance.Expand(bytes));
  };
}

Expectation BodyAsPython(const std::string& expression) {
  return [expression](const Request& post, const Instance& instance) {
    ExpectPlace(post, "response");
    EXPECT_EQ(post.body, EvaluateInPython(instance.Expand(expression)));
  };
}

Expectation BodyMatching(const std::string& pattern) {
  return [pattern](const Request& post, const Instance& instance) {
    ExpectPlace(post, "response");
    EXPECT_TRUE(std::regex_match(post.body, std::regex(instance.Expand(pattern)))) << post.body;
  };
}

Expectation Error(const std::string& type, const std::string& message, const Stack& stack) {
  return [=](const Request& post, const Instance& instance) {
    ExpectPlace(post, "error");
    EXPECT_EQ(Comparable(post.body, stack),
              InPythonsLayout(MakeDocument(type, message, stack, instance)));
  };
}

Expectation ErrorAsPython(const std::string& type, const std::string& expression,
                          const Stack& stack) {
  return [=](const Request& post, const Instance& instance) {
    Error(type, EvaluateInPython(instance.Expand(expression)), stack)(post, instance);
  };
}

Expectation ErrorMatching(const std::string& type, const std::string& pattern) {
  return [=](const Request& post, const Instance& /*instance*/) {
    ExpectPlace(post, "error");
    const json document = json::parse(post.body, nullptr, /*allow_exceptions=*/false);
    ASSERT_TRUE(document.is_object()) << post.body;
    EXPECT_EQ(document.value("errorType", ""), type);
    const std::string message = document.value("errorMessage", "");
    EXPECT_TRUE(std::regex_match(message, std::regex(pattern))) << message.substr(0, 1000);
  };
}

Expectation RaisedAsInPython(const std::string& module, const std::string& name) {
  return ErrorAnsweredBy({"raised", module, name});
}

Expectation UnloadedAsInPython(const std::string& module) {
  return ErrorAnsweredBy({"unloaded", module});
}

Expectation PostedTo(const std::string& place) {
  return [place](const Request& post, const Instance& /*instance*/) { ExpectPlace(post, place); };
}

std::string Frame(int line, const std::string& function, const std::string& source,
                  const std::string& file) {
  return json::array({"File \"{CODE}/" + file + "\"", "line " + std::to_string(line),
                      "in " + function, source})
      .dump();
}

Stack Frames(const std::vector<std::string>& frames) {
  std::string all;
  for (const std::string& frame : frames) all.append(all.empty() ? "[" : ",").append(frame);
  return Stack::Is(all + "]");
}

}  // namespace openfc::testing
