#include "tests/unit/lang/python/function_test.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace openfc::python {
namespace {

using ::testing::HasSubstr;

class FailureTest : public FunctionTest {
 protected:
  nlohmann::json Fail(const std::string& source) {
    Write("index.py", source);
    const Outcome outcome = Invoke();
    const auto document = nlohmann::json::parse(TextOf(outcome), nullptr, false);
    EXPECT_EQ(document["errorType"], TypeOf(outcome));
    return document;
  }
  nlohmann::json Frame(const std::string& rest, const std::string& source) const {
    const std::string file = "File \"" + (code_ / "index.py").string() + "\"";
    const auto comma = rest.find(", ");
    return {file, rest.substr(0, comma), rest.substr(comma + 2), source};
  }
};

TEST_F(FailureTest, IsSortedIndentedJson) {
  const std::string answer = Answer("def handler(event, context):\n    raise KeyError('k\\u00e9')");

  EXPECT_EQ(answer,
            "{\n    \"errorMessage\": \"'k\\u00e9'\",\n    \"errorType\": \"KeyError\",\n"
            "    \"stackTrace\": [\n        [\n            \"File \\\"" +
                (code_ / "index.py").string() +
                "\\\"\",\n            \"line 2\",\n            \"in handler\",\n"
                "            \"raise KeyError('k\\\\u00e9')\"\n        ]\n    ]\n}");
}

TEST_F(FailureTest, ListsTheFramesFromTheHandlersDownOutermostFirst) {
  const auto failure = Fail(
      "def inner():\n    return 1 / 0\n"
      "def handler(event, context):\n    return inner(\n        )\n");

  EXPECT_EQ(failure["stackTrace"], nlohmann::json({Frame("line 4, in handler", "return inner("),
                                                   Frame("line 2, in inner", "return 1 / 0")}));
}

TEST_F(FailureTest, LibraryFramesStayAndCausesAreNotReported) {
  const auto failure = Fail(
      "import json\n"
      "def handler(event, context):\n"
      "    try:\n        1 / 0\n"
      "    except ZeroDivisionError as error:\n"
      "        json.loads('{')\n");

  EXPECT_EQ(failure["errorType"], "JSONDecodeError");
  EXPECT_GE(failure["stackTrace"].size(), 3U);
  EXPECT_THAT(failure.dump(), Not(HasSubstr("ZeroDivision")));
  EXPECT_THAT(failure.dump(), HasSubstr("json/decoder.py"));
}

TEST_F(FailureTest, ARunOfEqualFramesIsFolded) {
  const auto failure = Fail(
      "def again(n):\n    return again(n - 1) if n else 1 / 0\n"
      "def handler(event, context):\n    again(9)\n");

  EXPECT_EQ(failure["stackTrace"].size(), 5U);
  EXPECT_EQ(failure["stackTrace"].back(),
            nlohmann::json({"[Previous line repeated 7 more times]", ""}));
}

TEST_F(FailureTest, AFrameWithoutSourceHasAnEmptyLine) {
  const auto failure = Fail("def handler(event, context):\n    exec('1 / 0')\n");

  EXPECT_EQ(failure["stackTrace"][1],
            nlohmann::json({"File \"<string>\"", "line 1", "in <module>", ""}));
}

TEST_F(FailureTest, TheFirstLineOfAStatementOfManyStandsForIt) {
  const auto failure = Fail(
      "def handler(event, context):\n    raise RuntimeError(\n"
      "        'a'\n        'b'\n    )\n");

  EXPECT_EQ(failure["stackTrace"],
            nlohmann::json({Frame("line 2, in handler", "raise RuntimeError(")}));
}

TEST_F(FailureTest, AWrongArityHasNoStack) {
  const auto failure = Fail("def handler(event): pass\n");

  EXPECT_EQ(failure["errorMessage"], "handler() takes 1 positional argument but 2 were given");
  EXPECT_FALSE(failure.contains("stackTrace"));
}

TEST_F(FailureTest, OurFramesAreLeftOutBetweenTheUsers) {
  const auto failure = Fail(
      "class Odd:\n    def to_json(self): return 1 / 0\n"
      "def handler(event, context): return Odd()\n");

  EXPECT_THAT(failure.dump(), HasSubstr("in to_json"));
  EXPECT_THAT(failure.dump(), Not(HasSubstr("openfc ")));
}

TEST_F(FailureTest, ExceptionsThatEndAPythonAreAnsweredAndTheRuntimeLivesOn) {
  const char* const kSource =
      "import sys\n"
      "def handler(event, context):\n"
      "    if event == b'0': sys.exit('bye')\n"
      "    if event == b'1': raise KeyboardInterrupt\n"
      "    raise GeneratorExit('g')\n";
  Write("index.py", kSource);

  const Outcome exit = Invoke("index.handler", "0");
  const Outcome interrupt = Invoke("index.handler", "1");
  const Outcome generator = Invoke("index.handler", "2");

  EXPECT_EQ(TypeOf(exit), "SystemExit");
  EXPECT_THAT(TextOf(exit), HasSubstr("\"errorMessage\": \"bye\""));
  EXPECT_EQ(TypeOf(interrupt), "KeyboardInterrupt");
  EXPECT_THAT(TextOf(interrupt), HasSubstr("\"errorMessage\": \"\""));
  EXPECT_EQ(TypeOf(generator), "GeneratorExit");
}

TEST_F(FailureTest, WhatStrRaisesIsReportedInstead) {
  const auto failure = Fail(
      "class Odd(Exception):\n"
      "    def __str__(self):\n        raise LookupError('second')\n"
      "def handler(event, context): raise Odd()\n");

  EXPECT_EQ(failure["errorType"], "LookupError");
  EXPECT_EQ(failure["errorMessage"], "second");
  EXPECT_EQ(failure["stackTrace"],
            nlohmann::json({Frame("line 3, in __str__", "raise LookupError('second')")}));
}

TEST_F(FailureTest, WhatCannotBeShownTwiceIsUnprintable) {
  const auto failure = Fail(
      "class Odd(Exception):\n    def __str__(self): raise Odd()\n"
      "def handler(event, context): raise Odd()\n");

  EXPECT_EQ(failure["errorType"], "Odd");
  EXPECT_EQ(failure["errorMessage"], "<unprintable Odd object>");
}

TEST_F(FailureTest, ALongMessageIsCutWithANote) {
  const auto failure = Fail("def handler(event, context): raise ValueError('x' * (300 << 10))\n");

  EXPECT_EQ(failure["errorMessage"],
            std::string(256 * 1024, 'x') + "... [cut: 307200 bytes in all]");
}

TEST_F(FailureTest, AMessageOfSurrogatesIsEscaped) {
  EXPECT_THAT(Answer("def handler(event, context): raise ValueError('\\udcff')"),
              HasSubstr("\"errorMessage\": \"\\udcff\""));
}

TEST_F(FailureTest, DeepRecursionIsAnswered) {
  const auto failure = Fail("def f(): f()\ndef handler(event, context): f()\n");

  EXPECT_EQ(failure["errorType"], "RecursionError");
  EXPECT_LT(failure["stackTrace"].size(), 9U);
}

TEST_F(FailureTest, AnExceptionThatNothingCanDescribeStillAnswers) {
  const auto failure = Fail(
      "class Meta(type):\n    @property\n"
      "    def __name__(cls): raise RuntimeError\n"
      "class Odd(Exception, metaclass=Meta): pass\n"
      "def handler(event, context): raise Odd('x')\n");

  EXPECT_EQ(failure["errorType"], "Odd");
}

TEST_F(FailureTest, TheTypeIsTheClassNameInUtf8) {
  Write("index.py", "def handler(event, context): raise type('\\u00c9', (Exception,), {})()");

  EXPECT_EQ(TypeOf(Invoke()), "\xc3\x89");
}

TEST_F(FailureTest, ABodyThatBreaksOffIsNeverGivenToTheHandler) {
  class Broken final : public BodyReader {
   public:
    Expected<std::string> Read() override { return Error{ErrorCode::kCancelled, "gone"}; }
  };
  Invocation invocation;
  invocation.body = std::make_unique<Broken>();

  EXPECT_EQ(TypeOf(Invoke(std::move(invocation))), "EventTruncated");
}

}  // namespace
}  // namespace openfc::python
