#include "emulator/commands/logs_command.h"

#include "emulator/commands/control_client.h"
#include "emulator/commands/exit_codes.h"
#include "emulator/commands/json_line.h"
#include "emulator/commands/log_tail.h"
#include "emulator/commands/option_number.h"
#include "emulator/commands/table.h"
#include "emulator/commands/terminal.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <limits>
#include <memory>
#include <set>
#include <thread>

namespace openfc::emulator {
namespace {

using nlohmann::ordered_json;

constexpr const char* kLogsExamples = R"(Examples:
  fclocal logs                     of all functions, also when none runs any more
  fclocal logs resize -f           of one, and what it says from now on
  fclocal logs --request 1-6b0ba55e-d100f466124e6fd1df358885)";

constexpr std::chrono::milliseconds kBetweenLooks{100};

struct LogsCommandLine {
  StatePlace place;
  std::string function;
  std::string request_id;
  std::string lines;
  std::size_t most_lines = std::numeric_limits<std::size_t>::max();
  bool follows = false;
  bool is_json = false;
};

std::string JsonOf(const FunctionLogLine& line) {
  return JsonLine(ordered_json{{"time", line.time},
                               {"function", line.function},
                               {"instance", line.instance},
                               {"line", line.text}});
}

/// Functions are told apart where there are several.
class LinePrinter {
 public:
  explicit LinePrinter(const LogsCommandLine& options) : options_(options) {}

  int Print(const std::vector<FunctionLogLine>& lines, std::size_t first) {
    for (const FunctionLogLine& line : lines) functions_.insert(line.function);
    std::string text;
    for (std::size_t i = first; i < lines.size(); ++i) text += TextOf(lines[i]);
    return text.empty() ? 0 : WriteOutput("the log", text);
  }

 private:
  std::string TextOf(const FunctionLogLine& line) const {
    if (options_.is_json) return JsonOf(line);
    if (functions_.size() < 2) return line.text + "\n";
    return Painted("[" + line.function + "] ", Paint::kCyan) + line.text + "\n";
  }

  const LogsCommandLine& options_;
  std::set<std::string> functions_;
};

/// Ends with Ctrl-C, or with the output.
int Follow(LogFolder& logs, LinePrinter& printer) {
  for (;;) {
    if (const int failed = printer.Print(logs.ReadLines(), 0); failed != 0) return failed;
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

int ShowLogs(const LogsCommandLine& line) {
  const auto folder = ChooseStateFolder(line.place);
  if (!folder) {
    Say(folder.error().message);
    return kNotRunningExit;
  }
  LogFolder logs(*folder, line.function);
  LinePrinter printer(line);
  const std::vector<FunctionLogLine> lines = logs.ReadLines();
  const std::size_t first = lines.size() - std::min(lines.size(), line.most_lines);
  if (!logs.HasLogs() && !line.follows) {
    Say(line.function.empty() ? "nothing was logged yet"
                              : "there is no log of a function '" + line.function + "'");
    return kNothingExit;
  }
  if (const int failed = printer.Print(lines, first); failed != 0) return failed;
  return line.follows ? Follow(logs, printer) : 0;
}

int ShowRequest(const LogsCommandLine& line) try {
  const auto client = ControlClient::Find(line.place);
  if (!client) {
    Say(client.error().message);
    return kNotRunningExit;
  }
  const auto answer = client->Get("/_openfc/invocations/" + line.request_id + "/log");
  if (!answer) {
    Say(answer.error().message);
    return kNothingExit;
  }
  if (line.is_json) return WriteOutput("the log", *answer + "\n");
  const auto document = nlohmann::json::parse(*answer);
  if (document.at("truncated").get<bool>()) Say("notice: the beginning of this log was not kept");
  return WriteOutput("the log", document.at("log").get<std::string>());
} catch (const nlohmann::json::exception& exception) {
  Say(std::string("the answer is none: ") + exception.what());
  return kNotRunningExit;
}

Status Check(LogsCommandLine& line) {
  const auto is_letter = [](char letter) { return std::isalnum(letter) != 0 || letter == '-'; };
  if (!std::all_of(line.request_id.begin(), line.request_id.end(), is_letter)) {
    return Error{ErrorCode::kInvalidArgument, "'" + line.request_id + "' is no request id"};
  }
  if (!line.request_id.empty() && (line.follows || !line.function.empty())) {
    return Error{ErrorCode::kInvalidArgument,
                 "--request shows the log of one request: drop the function and --follow"};
  }
  if (line.lines.empty()) return Ok();
  const auto most = ParseNumber("--lines", line.lines, "lines", {.least = 0});
  if (!most) return most.error();
  line.most_lines = static_cast<std::size_t>(*most);
  return Ok();
}

}  // namespace

Interpretation DeclareLogs(CLI::App& app) {
  const auto line =
      std::make_shared<LogsCommandLine>();  // Written by the parser, read by the work.
  app.add_option("function", line->function, "The function; all when it is left out");
  app.add_option("--request", line->request_id, "The log of one request that was served lately")
      ->type_name("ID");
  app.add_flag("-f,--follow", line->follows, "Go on with what is logged from now on");
  app.add_option("-n,--lines", line->lines, "The last lines only")->type_name("COUNT");
  DeclareStatePlace(app, line->place);
  app.add_flag("--json", line->is_json, "Each line as a JSON object; of a request: one object");
  app.footer(kLogsExamples);
  return [line]() -> Expected<Work> {
    if (const Status checked = Check(*line); !checked) return checked.error();
    return Work([line](const Variables& /*environment*/) {
      return line->request_id.empty() ? ShowLogs(*line) : ShowRequest(*line);
    });
  };
}

}  // namespace openfc::emulator
