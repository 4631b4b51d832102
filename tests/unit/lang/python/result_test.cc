#include "tests/unit/lang/python/function_test.h"

#include <gmock/gmock.h>

#include <ostream>

namespace openfc::python {
namespace {

using ::testing::HasSubstr;
using ::testing::TestWithParam;
using ::testing::Values;

class ResultTest : public FunctionTest {
 protected:
  /// The answer of a handler that returns `expression`, `preamble` before it.
  std::string AnswerOf(const std::string& expression, const std::string& preamble = "") {
    return Answer(preamble + "\ndef handler(event, context):\n    return " + expression + "\n");
  }
};

TEST_F(ResultTest, GivesTheEventAsBytesOfTheSameContent) {
  const std::string event("a\0\xff{", 4);

  const std::string answer =
      Answer("def handler(event, context):\n    return repr((type(event), event))", event);

  EXPECT_EQ(answer, R"((<class 'bytes'>, b'a\x00\xff{'))");
}

TEST_F(ResultTest, AnEmptyEventIsEmptyBytes) {
  EXPECT_EQ(Answer("def handler(event, context):\n    return repr(event)"), "b''");
}

TEST_F(ResultTest, PostsBytesAsTheyAre) {
  EXPECT_EQ(AnswerOf(R"(b"a\x00\xff")"), std::string("a\0\xff", 3));
}

TEST_F(ResultTest, ASubclassOfStrIsPostedAsItsText) {
  const char* const kLoud =
      "class Loud(str):\n"
      "    def __str__(self): return 'other'\n"
      "    def encode(self, *a): return b'other'\n";

  EXPECT_EQ(AnswerOf("Loud('text')", kLoud), "text");
}

TEST_F(ResultTest, ALoneSurrogateIsPythonsOwnError) {
  EXPECT_EQ(AnswerOf(R"("a\ud800")"),
            "{\n    \"errorMessage\": \"'utf-8' codec can't encode character '\\\\ud800' in "
            "position 1: surrogates not allowed\",\n    \"errorType\": \"UnicodeEncodeError\"\n}");
}

TEST_F(ResultTest, ASubclassOfBytesAndABodyFromAReaderPassThrough) {
  class Chunks final : public BodyReader {
   public:
    Expected<std::string> Read() override { return left_-- > 0 ? "ab" : std::string(); }

   private:
    int left_ = 2;
  };
  Write("index.py", "class B(bytes): pass\ndef handler(event, context): return B(event)");
  Invocation invocation;
  invocation.function.handler = "index.handler";
  invocation.body = std::make_unique<Chunks>();

  const Outcome outcome = Invoke(std::move(invocation));

  EXPECT_EQ(TextOf(outcome), "abab");
}

struct Encoding {
  const char* expression;
  const char* body;
};
std::ostream& operator<<(std::ostream& out, const Encoding& row) { return out << row.expression; }

class ResultEncodingTest : public ResultTest, public ::testing::WithParamInterface<Encoding> {};

TEST_P(ResultEncodingTest, IsWhatJsonDumpsGives) {
  EXPECT_EQ(AnswerOf(GetParam().expression,
                     "import datetime, decimal, math\n"
                     "class Point:\n"
                     "    def to_json(self): return {'when': "
                     "datetime.date(2026, 1, 2)}\n"),
            GetParam().body);
}

INSTANTIATE_TEST_SUITE_P(
    , ResultEncodingTest,
    Values(Encoding{"None", "null"}, Encoding{"True", "true"}, Encoding{"1.10", "1.1"},
           Encoding{"'\\u00e9'", "\xc3\xa9"}, Encoding{"''", ""},
           Encoding{"['\\u00e9']", "[\n    \"\\u00e9\"\n]"},
           Encoding{"[math.nan, -math.inf]", "[\n    NaN,\n    -Infinity\n]"},
           Encoding{"{'b': {}, 'a': (1,)}", "{\n    \"a\": [\n        1\n    ],\n    \"b\": {}\n}"},
           Encoding{"{None: 1}", "{\n    \"null\": 1\n}"},
           Encoding{"{1: 1, 2.5: 2, False: 3}",
                    "{\n    \"false\": 3,\n    \"1\": 1,\n    \"2.5\": 2\n}"},
           Encoding{"decimal.Decimal('1.50')", "1.5"},
           Encoding{"datetime.datetime(2026, 1, 2, 3, 4, 5)", "\"2026-01-02T03:04:05\""},
           Encoding{"datetime.date(2026, 1, 2)", "\"2026-01-02\""},
           Encoding{"[Point()]", "[\n    {\n        \"when\": \"2026-01-02\"\n    }\n]"}));

struct Refusal {
  const char* expression;
  const char* type;
  const char* message;
};
std::ostream& operator<<(std::ostream& out, const Refusal& row) { return out << row.expression; }

class ResultRefusalTest : public ResultTest, public ::testing::WithParamInterface<Refusal> {};

TEST_P(ResultRefusalTest, IsAnError) {
  Write("index.py", std::string("import datetime\n"
                                "def circle():\n    c = []\n    c.append(c)\n    return c\n"
                                "def handler(event, context): return ") +
                        GetParam().expression);

  const Outcome outcome = Invoke();

  EXPECT_EQ(TypeOf(outcome), GetParam().type);
  EXPECT_THAT(TextOf(outcome), HasSubstr(GetParam().message));
  EXPECT_THAT(TextOf(outcome), Not(HasSubstr("openfc")));
}

INSTANTIATE_TEST_SUITE_P(
    , ResultRefusalTest,
    Values(Refusal{"{1}", "TypeError", "\"errorMessage\": \"{1} is not JSON serializable\""},
           Refusal{"bytearray(b'a')", "TypeError", "bytearray(b'a') is not JSON serializable"},
           Refusal{"(n for n in [])", "TypeError", "<generator object"},
           Refusal{"datetime.time(1)", "TypeError", "datetime.time(1, 0) is not JSON serializable"},
           Refusal{"lambda: 0", "TypeError", "<function handler.<locals>.<lambda>"},
           Refusal{"{(1, 2): 3}", "TypeError",
                   "keys must be str, int, float, bool or None, not tuple"},
           Refusal{"{1: 1, 'a': 2}", "TypeError", "not supported between instances of"},
           Refusal{"circle()", "ValueError", "Circular reference detected"}));

}  // namespace
}  // namespace openfc::python
