// Section 6, log records as JSON: OPENFC_LOG_FORMAT=json.

#include "tests/conformance/row.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>
#include <utility>

namespace openfc::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

/// The lines of the log that are objects.
std::vector<json> RecordsOf(const std::string& log) {
  std::vector<json> records;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    json record = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (record.is_object()) records.push_back(std::move(record));
  }
  return records;
}

/// Runs one call of a handler of these statements and checks on its records.
Row Logs(const std::string& rule, const std::vector<std::string>& statements,
         std::function<void(const std::vector<json>& records, const Request& post)> check) {
  std::string code = "import logging\ndef handler(event, context):\n";
  for (const std::string& each : statements) code.append("    ").append(each).append("\n");
  return {.rule = rule,
          .files = Index(code),
          .environment = {{"OPENFC_LOG_FORMAT", "json"}},
          .play = [check](Instance& instance) {
            const auto post = instance.Invoke();
            ASSERT_TRUE(post);
            check(RecordsOf(instance.Log()), *post);
          }};
}

/// One record of this message.
Row LogsMessage(const std::string& rule, const std::string& statement, const std::string& message) {
  return Logs(rule, {statement},
              [message](const std::vector<json>& records, const Request& /*post*/) {
                ASSERT_EQ(records.size(), 1U);
                EXPECT_EQ(records[0]["message"], message);
              });
}

void ExpectAllFields(const std::vector<json>& records, const Request& /*post*/) {
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(
      records[0],
      (json{{"time", "{TIME}"}, {"level", "WARNING"}, {"requestId", "r-1"}, {"message", "a 5"}}));
}

void ExpectTraceback(const std::vector<json>& records, const Request& /*post*/) {
  ASSERT_EQ(records.size(), 1U);
  EXPECT_THAT(records[0]["message"],
              HasSubstr("bad\nTraceback (most recent call last):\n  File \""));
  EXPECT_THAT(records[0]["message"], HasSubstr("ZeroDivisionError: division by zero"));
}

void ExpectErrorJson(const std::vector<json>& records, const Request& post) {
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0]["level"], "ERROR");
  EXPECT_EQ(records[0]["message"], post.body);
}

/// A handler whose threads write at once: each line is whole.
void ExpectWholeLines(const std::vector<json>& records, const Request& /*post*/) {
  ASSERT_EQ(records.size(), 400U);
  for (const json& record : records) {
    const std::string message = record["message"];
    EXPECT_EQ(message.size(), 20000U);
    EXPECT_EQ(std::count(message.begin(), message.end(), message[0]), 20000);
  }
}

Row KeepsPrintsAsTheyAre() {
  Row row = Logs("LeavesPrintsAndTheRuntimesOwnLinesAsTheyAre", {"print('plain')"},
                 [](const std::vector<json>& records, const Request& /*post*/) {
                   EXPECT_TRUE(records.empty());
                 });
  row.calls = {{.expected = Body("null")}};
  row.log =
      "FunctionCompute python3 runtime inited.\nFC Invoke Start RequestId: r-1\nplain\n"
      "FC Invoke End RequestId: r-1\n";
  return row;
}

Row EscapesWhatCannotBeEncoded() {
  Row row = Defining("EscapesWhatCannotBeEncoded",
                     "import logging\ndef handler(event, context):\n"
                     "    logging.info('\\udcff\\ud800')\n",
                     Body("null"));
  row.environment = {{"OPENFC_LOG_FORMAT", "json"}};
  row.log =
      "FunctionCompute python3 runtime inited.\nFC Invoke Start RequestId: r-1\n"
      R"({"time": "{TIME}", "level": "INFO", "requestId": "r-1", "message": "\udcff\ud800"})"
      "\nFC Invoke End RequestId: r-1\n";
  return row;
}

Row WritesText() {
  return {.rule = "WritesTextWhenToldSo",
          .files = Index("import logging\ndef handler(event, context):\n    logging.info('x')\n"),
          .calls = {{.expected = Body("null")}},
          .environment = {{"OPENFC_LOG_FORMAT", "text"}},
          .log =
              "FunctionCompute python3 runtime inited.\nFC Invoke Start RequestId: r-1\n"
              "{TIME} r-1 [INFO] x\nFC Invoke End RequestId: r-1\n"};
}

Row RefusesAnotherFormat() {
  return {.rule = "RefusesAFormatThatItDoesNotKnow",
          .play =
              [](Instance& instance) {
                Program& program = instance.Start({{"OPENFC_LOG_FORMAT", "xml"}});
                EXPECT_EQ(program.AwaitEnd(), ProgramEnd{.exit_code = 2});
                EXPECT_EQ(program.output().err(),
                          "bootstrap: OPENFC_LOG_FORMAT is 'xml', but must be text or json\n");
              },
          .unstarted = true};
}

const std::vector<Row> kRows = {
    Logs("WritesTimeLevelRequestIdAndMessage", {"logging.warning('%s %d', 'a', 5)"},
         ExpectAllFields),
    LogsMessage("KeepsSeveralLinesInOne", "logging.info('a\\nb\\r\\nc')", "a\nb\r\nc"),
    LogsMessage("WritesUnicode", "logging.info('h\\xe9 \\U0001f600')", "h\u00e9 \U0001f600"),
    LogsMessage("WritesQuotes", "logging.info('\"\\\\ {}')", "\"\\ {}"),
    LogsMessage("WritesARecordOverThePlatformsLimitWhole", "logging.info('x' * 200000)",
                std::string(200000, 'x')),
    EscapesWhatCannotBeEncoded(),
    Logs("PutsATracebackIntoTheMessage",
         {"try:", "    1 / 0", "except Exception:", "    logging.exception('bad')"},
         ExpectTraceback),
    Logs("WritesTheErrorOfAFailedInvocation", {"1 / 0"}, ExpectErrorJson),
    Logs("NeverMixesTheLinesOfThreads",
         {"import threading",
          "def work(letter):", "    for _ in range(50): logging.info(letter * 20000)",
          "threads = [threading.Thread(target=work, args=(c,)) for c in 'abcdefgh']",
          "for each in threads: each.start()", "for each in threads: each.join()"},
         ExpectWholeLines),
    KeepsPrintsAsTheyAre(),
    WritesText(),
    RefusesAnotherFormat(),
};

OPENFC_CONFORMANCE_ROWS(Section6Json, kRows);

}  // namespace
}  // namespace openfc::testing
