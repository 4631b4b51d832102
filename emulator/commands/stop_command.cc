#include "emulator/commands/stop_command.h"

#include "emulator/commands/control_client.h"
#include "emulator/commands/exit_codes.h"
#include "emulator/commands/json_line.h"
#include "emulator/commands/terminal.h"
#include "emulator/state/folder_lock.h"
#include "runtime/base/deadline.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

namespace openfc::emulator {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* kStopExamples = R"(Examples:
  fclocal stop resize              all instances of a function: the next call has a new one
  fclocal stop 1f0c9a7e            one instance, by its id or the beginning of it
  fclocal stop --all               the `fclocal start` of this folder, or one above it)";

constexpr std::size_t kLeastOfId = 4;  // Letters, for the beginning of an id to be one.
constexpr std::chrono::seconds kEndTime{60};
constexpr std::chrono::milliseconds kBetweenAsks{20};

struct StopCommandLine {
  StatePlace place;
  std::string what;
  bool all = false;
  bool is_json = false;
};

int Refuse(const std::string& sentence, int exit_code) {
  Say(sentence);
  return exit_code;
}

int StopAll(const ControlClient& client, bool is_json) {
  const auto asked = client.Post("/_openfc/stop");
  if (!asked) return Refuse(asked.error().message, kNotRunningExit);
  const Deadline deadline = Deadline::After(kEndTime);
  while (IsFolderLocked(client.folder())) {
    if (deadline.HasPassed()) {
      return Refuse("fclocal (pid " + std::to_string(client.state().pid) + ") does not end",
                    kNothingExit);
    }
    std::this_thread::sleep_for(kBetweenAsks);
  }
  const std::string pid = std::to_string(client.state().pid);
  return WriteOutput("what was stopped",
                     is_json ? JsonLine(ordered_json{{"fclocal", client.state().pid}})
                             : "stopped fclocal (pid " + pid + ")\n");
}

/// An instance is meant by its id, by the beginning of it, or by its function.
bool IsMeant(const json& instance, const std::string& what) {
  const auto id = instance.at("id").get<std::string>();
  return instance.at("function") == what || id == what ||
         (what.size() >= kLeastOfId && id.starts_with(what));
}

/// What was named is no instance: a function without one has nothing to stop, and that is well.
int StopNothing(const ControlClient& client, const StopCommandLine& line) {
  const auto answer = client.Get("/_openfc/functions");
  if (!answer) return Refuse(answer.error().message, kNotRunningExit);
  const json document = json::parse(*answer);
  const auto& functions = document.at("functions");
  const bool is_function = std::any_of(functions.begin(), functions.end(), [&](const json& one) {
    return one.at("name") == line.what;
  });
  if (!is_function) {
    return Refuse("there is no instance and no function '" + line.what + "'", kNothingExit);
  }
  if (!line.is_json) Say("no instance of " + line.what + " runs: there is nothing to stop");
  return line.is_json
             ? WriteOutput("what was stopped", JsonLine(ordered_json{{"stopped", json::array()}}))
             : 0;
}

int StopInstances(const ControlClient& client, const StopCommandLine& line) {
  const auto answer = client.Get("/_openfc/instances");
  if (!answer) return Refuse(answer.error().message, kNotRunningExit);
  ordered_json stopped = ordered_json::array();
  std::string text;
  const json document = json::parse(*answer);
  for (const json& instance : document.at("instances")) {
    if (!IsMeant(instance, line.what)) continue;
    const auto id = instance.at("id").get<std::string>();
    const auto asked = client.Post("/_openfc/instances/" + id + "/stop");
    if (!asked) return Refuse(asked.error().message, kNotRunningExit);
    stopped.push_back({{"id", id}, {"function", instance.at("function")}});
    text += "stopped " + id + " of " + instance.at("function").get<std::string>() + "\n";
  }
  if (stopped.empty()) return StopNothing(client, line);
  return WriteOutput("what was stopped",
                     line.is_json ? JsonLine(ordered_json{{"stopped", std::move(stopped)}}) : text);
}

int Stop(const StopCommandLine& line) try {
  const auto client = ControlClient::Find(line.place);
  if (!client) return Refuse(client.error().message, kNotRunningExit);
  return line.all ? StopAll(*client, line.is_json) : StopInstances(*client, line);
} catch (const json::exception& exception) {
  return Refuse(std::string("the answer is none: ") + exception.what(), kNotRunningExit);
}

}  // namespace

Interpretation DeclareStop(CLI::App& app) {
  const auto line =
      std::make_shared<StopCommandLine>();  // Written by the parser, read by the work.
  app.add_option("what", line->what, "An instance, or a function: all its instances");
  app.add_flag("--all", line->all, "The whole fclocal, with all instances");
  DeclareStatePlace(app, line->place);
  app.add_flag("--json", line->is_json, "What was stopped, as a JSON object");
  app.footer(kStopExamples);
  return [line]() -> Expected<Work> {
    if (line->all == !line->what.empty()) {
      return Error{ErrorCode::kInvalidArgument,
                   "say what to stop: an instance or a function, or else --all"};
    }
    return Work([line](const Variables& /*environment*/) { return Stop(*line); });
  };
}

}  // namespace openfc::emulator
