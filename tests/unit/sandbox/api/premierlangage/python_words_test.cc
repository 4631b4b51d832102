#include "sandbox/api/premierlangage/python_words.h"

#include "sandbox/api/premierlangage/json_fault.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace openfc::sandbox {
namespace {

std::string Repr(const std::string& text) { return PythonRepr(text); }

TEST(PythonWordsTest, HasValuesAsReprDoes) {
  EXPECT_EQ(Repr("null"), "None");
  EXPECT_EQ(Repr("true"), "True");
  EXPECT_EQ(Repr("false"), "False");
  EXPECT_EQ(Repr("-12"), "-12");
  EXPECT_EQ(Repr("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(Repr("[1, \"a\", [], {}]"), "[1, 'a', [], {}]");
  EXPECT_EQ(Repr("{\"b\": 1, \"a\": {\"c\": null}}"), "{'b': 1, 'a': {'c': None}}");
}

TEST(PythonWordsTest, QuotesTextAsReprDoes) {
  EXPECT_EQ(Repr(R"("it's")"), R"("it's")");
  EXPECT_EQ(Repr(R"("say \"hi\"")"), R"('say "hi"')");
  EXPECT_EQ(Repr(R"("it's \"hi\"")"), R"('it\'s "hi"')");
  EXPECT_EQ(Repr(R"("a\n\t\r\\\u0000\u007f")"), R"('a\n\t\r\\\x00\x7f')");
  EXPECT_EQ(Repr("\"\xC3\xA9\""), "'\xC3\xA9'");
}

TEST(PythonWordsTest, PrintsNumbersAsReprDoes) {
  const std::vector<std::pair<double, std::string>> kTable = {
      {0.2, "0.2"},
      {10.0, "10.0"},
      {0.0, "0.0"},
      {-0.0, "-0.0"},
      {1e15, "1000000000000000.0"},
      {1e16, "1e+16"},
      {0.0001, "0.0001"},
      {0.00001, "1e-05"},
      {1.5e-7, "1.5e-07"},
      {123456.789, "123456.789"},
      {9.999999999999998, "9.999999999999998"},
      {1e100, "1e+100"},
      {5e-324, "5e-324"},
      {1.0 / 3, "0.3333333333333333"}};
  for (const auto& [number, text] : kTable) EXPECT_EQ(PythonFloat(number), text);
}

TEST(PythonWordsTest, StrLeavesTextAsItIs) {
  EXPECT_EQ(PythonStr("\"it's\""), "it's");
  EXPECT_EQ(PythonStr("true"), "True");
  EXPECT_EQ(PythonStr("1.0"), "1.0");
}

TEST(PythonWordsTest, NamesTypes) {
  EXPECT_EQ(PythonTypeOf("null"), "<class 'NoneType'>");
  EXPECT_EQ(PythonTypeOf("{}"), "<class 'dict'>");
  EXPECT_EQ(PythonTypeOf("[]"), "<class 'list'>");
  EXPECT_EQ(PythonTypeOf("\"a\""), "<class 'str'>");
  EXPECT_EQ(PythonTypeOf("true"), "<class 'bool'>");
  EXPECT_EQ(PythonTypeOf("-1"), "<class 'int'>");
  EXPECT_EQ(PythonTypeOf("1"), "<class 'int'>");
  EXPECT_EQ(PythonTypeOf("1.5"), "<class 'float'>");
}

TEST(PythonWordsTest, StripsWhatPythonTakesForSpace) {
  EXPECT_EQ(Stripped(" \t\r\n\v\f\x1c\x1f a b \n"), "a b");
  EXPECT_EQ(Stripped("\u00a0\u3000\u2028x\u0085\u2009"), "x");
  EXPECT_EQ(Stripped("\u200bx"), "\u200bx");
  EXPECT_EQ(Stripped(std::string_view("\0 ", 2)), std::string_view("\0", 1));
  EXPECT_EQ(Stripped("\xff\xa0 "), "\xff\xa0");
  EXPECT_EQ(Stripped(" \n "), "");
  EXPECT_EQ(Stripped(""), "");
}

/// The sentences are Python 3.11's.
TEST(JsonFaultTest, SaysWhatPythonSays) {
  const std::vector<std::pair<std::string, std::string>> kTable = {
      {"", "Expecting value: line 1 column 1 (char 0)"},
      {"Definitely not json", "Expecting value: line 1 column 1 (char 0)"},
      {"nul", "Expecting value: line 1 column 1 (char 0)"},
      {"-", "Expecting value: line 1 column 1 (char 0)"},
      {"-a", "Expecting value: line 1 column 1 (char 0)"},
      {"[", "Expecting value: line 1 column 2 (char 1)"},
      {"[1,]", "Expecting value: line 1 column 4 (char 3)"},
      {"[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"},
      {"[1", "Expecting ',' delimiter: line 1 column 3 (char 2)"},
      {"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"},
      {"{\"a\":1,}", "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)"},
      {"{1:2}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"},
      {"{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)"},
      {"{\"a\":}", "Expecting value: line 1 column 6 (char 5)"},
      {"{\"a\":1 \"b\"}", "Expecting ',' delimiter: line 1 column 8 (char 7)"},
      {"01", "Extra data: line 1 column 2 (char 1)"},
      {"1.", "Extra data: line 1 column 2 (char 1)"},
      {"1e", "Extra data: line 1 column 2 (char 1)"},
      {"{}\n\n {}", "Extra data: line 3 column 2 (char 5)"},
      {"\"a\nb\"", "Invalid control character at: line 1 column 3 (char 2)"},
      {"\"abc", "Unterminated string starting at: line 1 column 1 (char 0)"},
      {"\"a\\", "Unterminated string starting at: line 1 column 1 (char 0)"},
      {"\"\\u12345", "Unterminated string starting at: line 1 column 1 (char 0)"},
      {"\"\\x\"", "Invalid \\escape: line 1 column 2 (char 1)"},
      {"\"\\u12\"", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"},
      {"\"\\u1234", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"},
      {"\"a\\uzzzz\"", "Invalid \\uXXXX escape: line 1 column 4 (char 3)"},
      {"\"\xC3\xA9\\x\"", "Invalid \\escape: line 1 column 3 (char 2)"},
      {"\xEF\xBB\xBF{}", "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)"},
  };
  for (const auto& [text, sentence] : kTable) {
    EXPECT_EQ(FindJsonFault(text), sentence) << text;
  }
}

TEST(JsonFaultTest, FindsNoneInWhatPythonTakes) {
  for (const char* text :
       {"{}", " [1, -0, 1.5e+3, 2E9] ", "\"\\u00e9\\n\\/\"", "null", "NaN", "-Infinity",
        "{\"a\": {\"b\": [true, false]}}", "\"\\ud800\"", "\t\r\n1"}) {
    EXPECT_FALSE(FindJsonFault(text)) << text;
  }
}

TEST(JsonFaultTest, StandsDeepNests) {
  EXPECT_FALSE(FindJsonFault(std::string(200, '[') + std::string(200, ']')));
  EXPECT_EQ(FindJsonFault(std::string(1'000'000, '[')),
            "Nested too deep: line 1 column 202 (char 201)");
}

}  // namespace
}  // namespace openfc::sandbox
