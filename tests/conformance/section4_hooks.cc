// Sections 4 and 6, hooks: function types 1 to 3.

#include "tests/conformance/row.h"

#include <gmock/gmock.h>

#include <utility>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;

const std::string kInited = "FunctionCompute python3 runtime inited.\n";

HeaderPairs OfType(const std::string& type, const std::string& handler = "index.hook") {
  return {{"x-fc-function-type", type}, {"x-fc-function-handler", handler}};
}

/// One call of `index.hook`, defined by `code`.
Row Hook(const std::string& rule, const std::string& type, const std::string& code,
         Expectation expected) {
  return {.rule = rule,
          .files = Index(code),
          .calls = {{.headers = OfType(type), .expected = std::move(expected)}}};
}

Row HookReturning(const std::string& rule, const std::string& expression, Expectation expected) {
  return Hook(rule, "1", "def hook(context):\n    return " + expression + "\n",
              std::move(expected));
}

/// `name` stands in the log's lines; a hook that fails after it printed.
Row Logs(const std::string& rule, const std::string& type, const std::string& name) {
  Row row = Hook(rule, type, "def hook(*arguments):\n    print(len(arguments))\n", Body("null"));
  row.log =
      kInited + "FC " + name + " Start RequestId: r-1\n1\nFC " + name + " End RequestId: r-1\n";
  return row;
}

Row LogsAFailure(const std::string& rule, const std::string& type, const std::string& name) {
  Row row =
      Hook(rule, type, "def hook(context):\n    1 / 0\n",
           Error("ZeroDivisionError", "division by zero", Frames({Frame(2, "hook", "1 / 0")})));
  row.log = kInited + "FC " + name + " Start RequestId: r-1\n{TIME} r-1 [ERROR] {BODY}\nFC " +
            name + " End RequestId: r-1, Error: Unhandled function error\n";
  return row;
}

/// After a hook that raises, `index.handler` is called as ever.
Row LivesOn(const std::string& rule, const std::string& type, const std::string& raised) {
  const std::string name = raised.substr(0, raised.find('('));
  return {.rule = rule,
          .files = Index("def hook(context):\n    raise " + raised +
                         "\ndef handler(event, context):\n    return 'alive'\n"),
          .calls = {{.headers = OfType(type), .expected = Error(name, "text", Stack::Any())},
                    {.expected = Body("alive")}}};
}

Row IgnoresHttpParams(const std::string& rule, const std::string& type) {
  Row row = Hook(rule, type, "def hook(context):\n    return 'hook'\n",
                 [](const Request& post, const Instance& instance) {
                   Body("hook")(post, instance);
                   EXPECT_EQ(post.Header("x-fc-http-params"), std::nullopt);
                 });
  row.calls[0].headers.emplace_back("x-fc-http-params", "bm90IEpTT04=");
  return row;
}

Row CallsAsEvent(const std::string& rule, const std::string& type) {
  Row row = Hook(rule, type, "def hook(event, context):\n    return event\n", Body("event"));
  row.calls[0].event = "event";
  return row;
}

Row ReportsWhatCannotBeLoaded() {
  return {
      .rule = "ReportsAHookThatIsMissing",
      .files = Index("def handler(event, context):\n    return 'alive'\n"),
      .calls = {{.headers = OfType("1", "index.missing"),
                 .expected = Error("HandlerNotFound",
                                   "Handler 'missing' is missing on module 'index'", Stack::Any())},
                {.expected = Body("alive")}}};
}

Row SharesStateWithTheHandler() {
  return {.rule = "SharesItsModuleWithTheHandler",
          .files = Index("calls = []\n"
                         "def hook(context):\n    calls.append(context.function.handler)\n"
                         "def handler(event, context):\n    return ' '.join(calls)\n"),
          .calls = {{.headers = OfType("1"), .expected = Body("null")},
                    {.expected = Body("index.hook")},
                    {.headers = OfType("3"), .expected = Body("null")},
                    {.expected = Body("index.hook index.hook")}}};
}

const std::vector<Row> kRows = {
    Logs("CallsAnInitializerWithItsContextAlone", "1", "Initialize"),
    Logs("CallsAPreStopHookWithItsContextAlone", "2", "PreStop"),
    Logs("CallsAPreFreezeHookWithItsContextAlone", "3", "PreFreeze"),
    LogsAFailure("LogsTheFailureOfAnInitializer", "1", "Initialize"),
    LogsAFailure("LogsTheFailureOfAPreStopHook", "2", "PreStop"),
    LogsAFailure("LogsTheFailureOfAPreFreezeHook", "3", "PreFreeze"),
    HookReturning("PostsAHooksResultAsAnyOther", "{'b': 1.5, 'a': [None]}",
                  BodyAsPython("as_json({'b': 1.5, 'a': [None]})")),
    HookReturning("PostsAHooksBytes", "b'\\xff'", Body("\xff")),
    HookReturning("ReportsAHooksResultThatDoesNotSerialize", "{1}",
                  ErrorMatching("TypeError", "\\{1\\} is not JSON serializable")),
    HookReturning("ShowsTheHooksOwnHandler", "context.function.handler", Body("index.hook")),
    HookReturning("HasTheWholeContext", "context.request_id + type(context).__name__",
                  Body("r-1FCContext")),
    Hook("ReportsAHookOfTwoArguments", "1", "def hook(event, context):\n    pass\n",
         Error("TypeError", "hook() missing 1 required positional argument: 'context'",
               Stack::Absent())),
    ReportsWhatCannotBeLoaded(),
    SharesStateWithTheHandler(),
    IgnoresHttpParams("IgnoresHttpParamsInAnInitializer", "1"),
    IgnoresHttpParams("IgnoresHttpParamsInAPreStopHook", "2"),
    IgnoresHttpParams("IgnoresHttpParamsInAPreFreezeHook", "3"),
    LivesOn("PollsOnAfterAFailedInitializer", "1", "ValueError('text')"),
    LivesOn("AnswersSystemExitInAnInitializer", "1", "SystemExit('text')"),
    LivesOn("AnswersKeyboardInterruptInAPreStopHook", "2", "KeyboardInterrupt('text')"),
    LivesOn("AnswersGeneratorExitInAPreFreezeHook", "3", "GeneratorExit('text')"),
    CallsAsEvent("CallsTypeZeroWithTheEvent", "0"),
    CallsAsEvent("TakesAnUnknownTypeForZero", "4"),
    CallsAsEvent("TakesATypeThatIsNoNumberForZero", "initializer"),
};

OPENFC_CONFORMANCE_ROWS(Section4Hooks, kRows);

}  // namespace
}  // namespace openfc::testing
