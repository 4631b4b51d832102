// Section 4, what a handler returns: bytes, text, JSON, and what is none of them.

#include "tests/conformance/row.h"

#include <gmock/gmock.h>

namespace openfc::testing {
namespace {

/// json.dumps refuses it, with this message.
Row Refused(const std::string& rule, const std::string& expression, const std::string& type,
            const std::string& message) {
  return Returning(rule, expression, Error(type, message, Stack::Any()),
                   "import collections, datetime, sys\n");
}

/// json.dumps refuses it with words that differ between versions.
Row RefusedAsInPython(const std::string& rule, const std::string& expression,
                      const std::string& type) {
  return Returning(rule, expression,
                   ErrorAsPython(type, "words_of(json.dumps, " + expression + ")", Stack::Any()));
}

/// A value whose repr has an address in it.
Row RefusedWithRepr(const std::string& rule, const std::string& expression,
                    const std::string& pattern, const std::string& preamble = {}) {
  return Returning(rule, expression,
                   ErrorMatching("TypeError", pattern + " is not JSON serializable"), preamble);
}

Row Encoded(const std::string& rule, const std::string& expression, const std::string& json,
            const std::string& preamble) {
  return Returning(rule, expression, Body(json), preamble);
}

const std::string kToJson =
    "class Point:\n"
    "    def __init__(self, x):\n"
    "        self.x = x\n"
    "    def to_json(self):\n"
    "        return {'x': self.x}\n";

const std::string kDates =
    "import datetime\n"
    "ZONE = datetime.timezone(datetime.timedelta(hours=8))\n";

const std::vector<Row> kRows = {
    Returning("PostsBytesAsTheyAre", "b'\\x00\\xff\\r\\n'",
              Body(std::string_view("\0\xff\r\n", 4))),
    Returning("PostsEmptyBytes", "b''", Body("")),
    Returning("PostsAMegabyteOfBytes", "b'ab' * 500000", BodyAsPython("b'ab' * 500000")),
    Returning("PostsASubclassOfBytes", "B(b'x')", Body("x"), "class B(bytes):\n    pass\n"),
    Returning("PostsText", "'h\\u00e9llo'", Body("h\u00e9llo")),
    Returning("PostsEmptyText", "''", Body("")),
    Returning("PostsTextOfFourByteCharacters", "'\\U0001f600'", Body("\U0001f600")),
    Returning("PostsTextWithAZero", "'a\\0b'", Body(std::string_view("a\0b", 3))),
    Returning("PostsASubclassOfStrAsText", "S('x')", Body("x"), "class S(str):\n    pass\n"),
    Returning("PostsTheTextOfASubclassOfStrAndNotItsStr", "S('x')", Body("x"),
              "class S(str):\n    def __str__(self):\n        return 'other'\n"),
    Returning("PostsAnEnumOfTextAsText", "Color.RED", Body("red"),
              "import enum\nclass Color(str, enum.Enum):\n    RED = 'red'\n"),
    Returning("RefusesALoneSurrogate", "'a\\ud800'",
              Error("UnicodeEncodeError",
                    "'utf-8' codec can't encode character '\\ud800' in position 1: surrogates "
                    "not allowed",
                    Stack::Any())),

    Returning("PostsNullForNone", "None", Body("null")),
    Defining("PostsNullForNoReturn", "def handler(event, context):\n    pass\n", Body("null")),
    Returning("PostsTrue", "True", Body("true")),
    Returning("PostsANumber", "42", Body("42")),
    ReturningAsJson("PostsAHugeNumber", "10 ** 30"),
    ReturningAsJson("PostsFloatsAsTheirRepr", "[0.1, 1e22, 1e-7, 5.0, -0.0, 1 / 3]"),
    Returning("PostsWhatJsonLacks", "[float('nan'), float('inf'), -float('inf')]",
              Body("[\n    NaN,\n    Infinity,\n    -Infinity\n]")),
    Returning("IndentsByFour", "{'a': {'b': [1, 2]}}",
              Body("{\n    \"a\": {\n        \"b\": [\n            1,\n            2\n        ]\n"
                   "    }\n}")),
    Returning(
        "SortsKeys", "{'b': 1, 'a': {'d': 1, 'c': 2}}",
        Body("{\n    \"a\": {\n        \"c\": 2,\n        \"d\": 1\n    },\n    \"b\": 1\n}")),
    Returning("PostsEmptyContainers", "[{}, [], ()]", Body("[\n    {},\n    [],\n    []\n]")),
    Returning("EscapesToAscii", "['h\\u00e9 \\U0001f600 \\ud800']",
              Body("[\n    \"h\\u00e9 \\ud83d\\ude00 \\ud800\"\n]")),
    ReturningAsJson("EscapesControlCharacters", "['\\x00\\x1f\\x7f\\\\\\\"/\\u2028']"),
    ReturningAsJson("PostsTuplesAsLists", "(1, (2, 3))"),
    ReturningAsJson("PostsNamedTuplesAsLists",
                    "__import__('collections').namedtuple('P', 'x y')(1, 2)"),
    ReturningAsJson("PostsDictSubclasses",
                    "__import__('collections').OrderedDict([('b', 1), ('a', 2)])"),
    ReturningAsJson("PostsIntEnums",
                    "[__import__('signal').SIGTERM, {'a': __import__('socket').AF_INET}]"),
    ReturningAsJson("TakesKeysOfEachKind", "[{1: 'a'}, {1.5: 'a'}, {True: 'a'}, {None: 'a'}]"),
    ReturningAsJson("SortsNumericKeysAsNumbers", "{10: 1, 9: 2, 1.5: 3, True: 4}"),
    ReturningAsJson("WritesNotANumberAsAKey", "{float('nan'): 1, float('inf'): 2}"),
    ReturningAsJson("PostsTheSameObjectTwice", "(lambda x: [x, x, {'a': x}])([1])"),
    ReturningAsJson("PostsDeepNesting",
                    "(lambda f: f(f, 300))(lambda f, n: [f(f, n - 1)] if n else 1)"),
    ReturningAsJson("PostsALongList", "list(range(10000))"),

    Encoded("EncodesDecimalAsFloat", "[Decimal('1.50'), Decimal('1E+3'), Decimal('NaN')]",
            "[\n    1.5,\n    1000.0,\n    NaN\n]", "from decimal import Decimal\n"),
    Encoded("EncodesADatetimeInIsoFormat", "datetime.datetime(2026, 1, 2, 3, 4, 5, 678, ZONE)",
            "\"2026-01-02T03:04:05.000678+08:00\"", kDates),
    Encoded("EncodesADatetimeWithoutAZone", "[datetime.datetime(2026, 1, 2)]",
            "[\n    \"2026-01-02T00:00:00\"\n]", kDates),
    Encoded("EncodesADateInIsoFormat", "{'d': datetime.date(2026, 1, 2)}",
            "{\n    \"d\": \"2026-01-02\"\n}", kDates),
    Encoded("EncodesWhatToJsonGives", "Point(1)", "{\n    \"x\": 1\n}", kToJson),
    Encoded("EncodesWhatToJsonGivesInTurn", "[Point(Point(datetime.date(2026, 1, 2)))]",
            "[\n    {\n        \"x\": {\n            \"x\": \"2026-01-02\"\n        }\n    }\n]",
            kToJson + kDates),
    Encoded("EncodesTextThatToJsonGives", "Text()", "\"{}\"",
            "class Text:\n    def to_json(self):\n        return '{}'\n"),
    Encoded("EncodesTheContextByItsToJson",
            "json.loads(json.loads(json.dumps([context.to_json()]))[0])['requestId']", "r-1",
            "import json\n"),
    Returning("ReportsWhatToJsonRaises", "Bad()", ErrorMatching("KeyError", "'missing'"),
              "class Bad:\n    def to_json(self):\n        raise KeyError('missing')\n"),
    Returning("RefusesWhatToJsonGivesLikeAnyOther", "Bad()",
              Error("TypeError", "{1} is not JSON serializable", Stack::Any()),
              "class Bad:\n    def to_json(self):\n        return {1}\n"),

    Refused("RefusesASet", "{1}", "TypeError", "{1} is not JSON serializable"),
    Refused("RefusesAFrozenset", "[frozenset()]", "TypeError",
            "frozenset() is not JSON serializable"),
    Refused("RefusesABytearray", "bytearray(b'x')", "TypeError",
            "bytearray(b'x') is not JSON serializable"),
    Refused("RefusesBytesInAList", "[b'x']", "TypeError", "b'x' is not JSON serializable"),
    Refused("RefusesATime", "datetime.time(1, 2)", "TypeError",
            "datetime.time(1, 2) is not JSON serializable"),
    Refused("RefusesATimedelta", "{'a': datetime.timedelta(1)}", "TypeError",
            "datetime.timedelta(days=1) is not JSON serializable"),
    Refused("RefusesAComplexNumber", "1j", "TypeError", "1j is not JSON serializable"),
    Refused("RefusesARange", "range(3)", "TypeError", "range(0, 3) is not JSON serializable"),
    Refused("RefusesAType", "int", "TypeError", "<class 'int'> is not JSON serializable"),
    Refused("RefusesAnException", "ValueError('x')", "TypeError",
            "ValueError('x') is not JSON serializable"),
    RefusedWithRepr("RefusesAGenerator", "(x for x in [])",
                    "<generator object handler\\.<locals>\\.<genexpr> at 0x[0-9a-f]+>"),
    RefusedWithRepr("RefusesALambda", "lambda: 1",
                    "<function handler\\.<locals>\\.<lambda> at 0x[0-9a-f]+>"),
    RefusedWithRepr("RefusesAnObject", "Thing()", "<index\\.Thing object at 0x[0-9a-f]+>",
                    "class Thing:\n    pass\n"),
    RefusedWithRepr("RefusesAnObjectByItsRepr", "Thing()", "THING",
                    "class Thing:\n    def __repr__(self):\n        return 'THING'\n"),
    Returning("ReportsAReprThatRaises", "Thing()", ErrorMatching("ZeroDivisionError", ".*"),
              "class Thing:\n    def __repr__(self):\n        1 / 0\n"),
    Refused("RefusesAKeyThatIsATuple", "{(1, 2): 3}", "TypeError",
            "keys must be str, int, float, bool or None, not tuple"),
    Refused("RefusesAKeyOfBytes", "{b'a': 1}", "TypeError",
            "keys must be str, int, float, bool or None, not bytes"),
    RefusedAsInPython("RefusesKeysThatCannotBeSorted", "{'a': 1, 1: 2}", "TypeError"),
    RefusedAsInPython("RefusesNoneAmongTextKeys", "{'a': 1, None: 2}", "TypeError"),
    Defining("RefusesAListInItself",
             "def handler(event, context):\n    x = []\n    x.append(x)\n    return x\n",
             Error("ValueError", "Circular reference detected", Stack::Any())),
    Defining("RefusesADictInItself",
             "def handler(event, context):\n    x = {}\n    x['a'] = {'b': [x]}\n    return x\n",
             Error("ValueError", "Circular reference detected", Stack::Any())),
    Returning("RefusesAToJsonThatGivesItself", "Self()",
              Error("ValueError", "Circular reference detected", Stack::Any()),
              "class Self:\n    def to_json(self):\n        return self\n"),
    Defining("RefusesNestingThatIsTooDeep",
             "def handler(event, context):\n    x = []\n    for _ in range(200000):\n"
             "        x = [x]\n    return x\n",
             ErrorMatching("RecursionError", "maximum recursion depth exceeded.*")),
    {.rule = "LivesOnAfterARefusedResult",
     .files = Index("def handler(event, context):\n    return {1} if event else 'fine'\n"),
     .calls = {{.event = "x",
                .expected = Error("TypeError", "{1} is not JSON serializable", Stack::Any())},
               {.expected = Body("fine")}}},
    {.rule = "LimitsItsResultsAsConfigured",
     .files = Index("def handler(event, context):\n    return event\n"),
     .calls = {{.event = "0123456789", .expected = Body("0123456789")},
               {.event = "0123456789+",
                .expected = Error("ResponseTooLarge",
                                  "Response payload size 11 exceeds the limit of 10 bytes",
                                  Stack::Absent())}},
     .environment = {{"OPENFC_MAX_RESPONSE_BYTES", "10"}},
     .log = "FunctionCompute python3 runtime inited.\n"
            "FC Invoke Start RequestId: r-1\nFC Invoke End RequestId: r-1\n"
            "FC Invoke Start RequestId: r-2\n"
            "FC Invoke End RequestId: r-2, Error: Unhandled function error\n"},
};

OPENFC_CONFORMANCE_ROWS(Section4Results, kRows);

}  // namespace
}  // namespace openfc::testing
