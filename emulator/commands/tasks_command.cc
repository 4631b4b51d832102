#include "emulator/commands/tasks_command.h"

#include "emulator/commands/control_client.h"
#include "emulator/commands/exit_codes.h"
#include "emulator/commands/json_line.h"
#include "emulator/commands/option_number.h"
#include "emulator/commands/table.h"
#include "emulator/commands/terminal.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace openfc::emulator {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr const char* kTasksExamples = R"(Examples:
  fclocal tasks                    the newest asynchronous invocations of each function
  fclocal tasks --status Failed --function resize
  fclocal tasks show ID            what became of one; stop ID: ends it)";

struct TasksCommandLine {
  StatePlace place;
  std::string action = "list";
  std::string task_id;  // Of show and stop.
  std::string function;
  std::string status;
  std::string limit = "20";
  bool is_json = false;
};

int Refuse(const Error& error) {
  Say(error.message);
  return error.code == ErrorCode::kInvalidArgument ? kNothingExit : kNotRunningExit;
}

/// Names go into paths: whatever is not plain is escaped.
std::string Escaped(const std::string& text) {
  constexpr const char* kDigits = "0123456789ABCDEF";
  std::string escaped;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
    if (is_plain) {
      escaped.push_back(letter);
    } else {
      escaped.append({'%', kDigits[byte >> 4U], kDigits[byte & 15U]});
    }
  }
  return escaped;
}

std::string TasksPath(const std::string& function) {
  return "/_openfc/functions/" + Escaped(function) + "/async-tasks";
}

/// The names, with their service, of those that are meant: the given one, or all.
Expected<std::vector<std::string>> FunctionNames(const ControlClient& client,
                                                 const TasksCommandLine& line) {
  if (!line.function.empty()) return std::vector<std::string>{line.function};
  const auto answer = client.Get("/_openfc/functions");
  if (!answer) return answer.error();
  std::vector<std::string> names;
  const json document = json::parse(*answer);
  for (const json& function : document.at("functions")) {
    const auto service = function.at("service").get<std::string>();
    names.push_back((service.empty() ? "" : service + "$") +
                    function.at("name").get<std::string>());
  }
  return names;
}

std::string WhenOf(const json& task) {
  const system_clock::time_point started(milliseconds(task.at("startedTime").get<std::int64_t>()));
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(system_clock::now() - started);
  return ShortTime(age) + " ago";
}

Paint PaintOfStatus(const std::string& status) {
  if (status == "Succeeded") return Paint::kGreen;
  if (status == "Running") return Paint::kCyan;
  const bool has_failed = status == "Failed" || status == "Expired" || status == "Invalid";
  return has_failed ? Paint::kRed : Paint::kYellow;
}

int List(const ControlClient& client, const TasksCommandLine& line) {
  const auto names = FunctionNames(client, line);
  if (!names) return Refuse(names.error());
  Table table({"TASK", "FUNCTION", "STATUS", "RETRIES", "STARTED", "ERROR"});
  ordered_json all = ordered_json::array();
  for (const std::string& name : *names) {
    const auto answer =
        client.Get(TasksPath(name) + "?limit=" + line.limit + "&status=" + Escaped(line.status));
    if (!answer) return Refuse(answer.error());
    const json document = json::parse(*answer);
    for (const json& task : document.at("tasks")) {
      const auto status = task.at("status").get<std::string>();
      all.push_back(ordered_json(task));
      all.back()["function"] = name;
      table.Add({task.at("taskId").get<std::string>(), name, Painted(status, PaintOfStatus(status)),
                 std::to_string(task.at("alreadyRetriedTimes").get<int>()), WhenOf(task),
                 task.value("taskErrorMessage", std::string())});
    }
  }
  if (line.is_json)
    return WriteOutput("the tasks", JsonLine(ordered_json{{"tasks", std::move(all)}}));
  return WriteOutput("the tasks", table.IsEmpty() ? "no tasks\n" : table.Text());
}

/// The function that has the task, with the task; the last function's refusal where none has.
Expected<std::pair<std::string, json>> Find(const ControlClient& client,
                                            const TasksCommandLine& line) {
  const auto names = FunctionNames(client, line);
  if (!names) return names.error();
  Error refusal{ErrorCode::kInvalidArgument, "there is no function here"};
  for (const std::string& name : *names) {
    const auto answer = client.Get(TasksPath(name) + "/" + Escaped(line.task_id));
    if (answer) return std::pair(name, json::parse(*answer));
    refusal = answer.error();
  }
  return refusal;
}

std::string TextOf(const std::string& function, const json& task) {
  const auto status = task.at("status").get<std::string>();
  std::string text = Painted(task.at("taskId").get<std::string>(), Paint::kBold);
  text += "  " + function + "  " + Painted(status, PaintOfStatus(status)) + "\n";
  for (const json& event : task.at("events")) {
    const system_clock::time_point when(milliseconds(event.at("timestamp").get<std::int64_t>()));
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(system_clock::now() - when);
    text += "  " + ShortTime(age) + " ago  " + event.at("status").get<std::string>();
    const auto detail = event.value("eventDetail", std::string());
    text += (detail.empty() ? "" : "  " + detail) + "\n";
  }
  for (const auto& [title, key] :
       {std::pair("event", "taskPayload"), {"result", "returnPayload"}}) {
    if (task.contains(key))
      text.append(title).append(": ") += task.at(key).get<std::string>() + "\n";
  }
  return text;
}

int ShowOrStop(const ControlClient& client, const TasksCommandLine& line) {
  const auto found = Find(client, line);
  if (!found) return Refuse(found.error());
  const auto& [function, task] = *found;
  if (line.action == "show") {
    return WriteOutput("the task", line.is_json ? JsonLine(task) : TextOf(function, task));
  }
  const auto stopped = client.Put(TasksPath(function) + "/" + Escaped(line.task_id) + "/stop");
  if (!stopped) return Refuse(stopped.error());
  return WriteOutput("what was stopped",
                     line.is_json ? JsonLine(ordered_json{{"taskId", line.task_id}})
                                  : "stopped " + line.task_id + " of " + function + "\n");
}

int DoWork(const TasksCommandLine& line) try {
  const auto client = ControlClient::Find(line.place);
  if (!client) return Refuse(client.error());
  return line.action == "list" ? List(*client, line) : ShowOrStop(*client, line);
} catch (const json::exception& exception) {
  return Refuse({ErrorCode::kProtocol, std::string("the answer is none: ") + exception.what()});
}

Status Check(const TasksCommandLine& line) {
  const auto invalid = [](const std::string& sentence) {
    return Status(Error{ErrorCode::kInvalidArgument, sentence});
  };
  const bool is_list = line.action == "list";
  if (!is_list && line.action != "show" && line.action != "stop") {
    return invalid("'" + line.action + "' cannot be done with tasks: list, show or stop");
  }
  if (is_list && !line.task_id.empty()) return invalid("list takes no task: show does");
  if (!is_list && line.task_id.empty()) return invalid("say which task: its id");
  const auto limit = ParseNumber("--limit", line.limit, "tasks", {.least = 1, .most = 100});
  return limit ? Ok() : Status(limit.error());
}

}  // namespace

Interpretation DeclareTasks(CLI::App& app) {
  const auto line = std::make_shared<TasksCommandLine>();  // The parser writes, the work reads it.
  app.add_option("action", line->action, "list, show or stop; list when it is left out");
  app.add_option("task", line->task_id, "The id of the task to show or stop");
  app.add_option("--function", line->function, "Of this function only")->type_name("NAME");
  app.add_option("--status", line->status, "List those in this state: Running, Failed, ...")
      ->type_name("STATUS");
  app.add_option("--limit", line->limit, "Of each function so many, the newest: 20")
      ->type_name("COUNT");
  DeclareStatePlace(app, line->place);
  app.add_flag("--json", line->is_json, "As one JSON object");
  app.footer(kTasksExamples);
  return [line]() -> Expected<Work> {
    if (const Status checked = Check(*line); !checked) return checked.error();
    return Work([line](const Variables& /*environment*/) { return DoWork(*line); });
  };
}

}  // namespace openfc::emulator
