#include "emulator/commands/ps_command.h"

#include "emulator/commands/control_client.h"
#include "emulator/commands/exit_codes.h"
#include "emulator/commands/table.h"
#include "emulator/commands/terminal.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <memory>

namespace openfc::emulator {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr const char* kPsExamples = R"(Examples:
  fclocal ps                       what the `fclocal start` of this folder, or one above it, serves
  fclocal ps -c ../shop/s.yaml     of another one
  fclocal ps --json | jq .instances)";

constexpr double kBytesPerMegabyte = 1024.0 * 1024.0;
constexpr std::size_t kShortId = 8;

struct PsCommandLine {
  StatePlace place;
  bool is_json = false;
};

system_clock::time_point TimeOf(std::int64_t millis) {
  return system_clock::time_point(milliseconds(millis));
}

std::string Since(std::int64_t millis, system_clock::time_point now) {
  return ShortTime(std::chrono::duration_cast<std::chrono::seconds>(now - TimeOf(millis)));
}

std::string Until(const json& millis, system_clock::time_point now) {
  if (!millis.is_number_integer()) return "off";
  const auto left = TimeOf(millis.get<std::int64_t>()) - now;
  return "in " + ShortTime(std::chrono::ceil<std::chrono::seconds>(left));
}

Paint PaintOfState(const std::string& state) {
  if (state == "busy") return Paint::kGreen;
  if (state == "frozen") return Paint::kCyan;
  if (state == "stopping") return Paint::kRed;
  return state == "starting" ? Paint::kYellow : Paint::kPlain;
}

std::string NameIn(const json& function) {
  const auto service = function.value("service", std::string());
  const auto name = function.value("name", std::string());
  return service.empty() ? name : service + "/" + name;
}

std::string FunctionsText(const json& functions, const json& instances,
                          system_clock::time_point now) {
  Table table({"FUNCTION", "RUNTIME", "INSTANCES", "HTTP", "TIMERS"});
  for (const json& function : functions) {
    std::size_t count = 0;
    for (const json& instance : instances) {
      if (instance.at("function") == function.at("name")) ++count;
    }
    std::string timers;
    for (const json& timer : function.at("timers")) {
      timers.append(timers.empty() ? "" : ", ").append(timer.value("name", std::string()));
      timers.append(" ").append(Until(timer.at("next"), now));
    }
    table.Add({NameIn(function), function.value("runtime", std::string()), std::to_string(count),
               function.at("url").is_string() ? function.at("url").get<std::string>() : "-",
               timers.empty() ? "-" : timers});
  }
  return table.Text();
}

std::string InstancesText(const json& instances, system_clock::time_point now) {
  Table table({"INSTANCE", "FUNCTION", "STATE", "IN FLIGHT", "MEMORY", "INVOCATIONS", "UP", "PID"});
  for (const json& instance : instances) {
    const auto state = instance.at("state").get<std::string>();
    const double memory = instance.at("memoryBytes").get<double>() / kBytesPerMegabyte;
    table.Add({instance.at("id").get<std::string>().substr(0, kShortId),
               instance.at("function").get<std::string>(), Painted(state, PaintOfState(state)),
               std::to_string(instance.at("inFlight").get<std::int64_t>()),
               fmt::format("{:.1f} MB", memory),
               std::to_string(instance.at("invocations").get<std::int64_t>()),
               Since(instance.at("startedAt").get<std::int64_t>(), now),
               std::to_string(instance.at("pid").get<std::int64_t>())});
  }
  return table.IsEmpty() ? "no instances\n" : table.Text();
}

std::int64_t Millis(system_clock::time_point time) {
  return std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
}

std::string JsonText(const ControlClient& client, const json& functions, const json& instances) {
  const ordered_json document = {{"url", client.Url()},
                                 {"pid", client.state().pid},
                                 {"startedAt", Millis(client.state().started)},
                                 {"source", client.state().source},
                                 {"stateDir", client.folder()},
                                 {"functions", functions},
                                 {"instances", instances}};
  return document.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string Text(const ControlClient& client, const json& functions, const json& instances) {
  const auto now = system_clock::now();
  std::string text = Painted(client.Url(), Paint::kBold);
  text.append(", pid ").append(std::to_string(client.state().pid));
  text.append(", up ").append(Since(Millis(client.state().started), now));
  text.append(", serves ").append(client.state().source).append("\n\n");
  text.append(FunctionsText(functions, instances, now)).append("\n");
  return text.append(InstancesText(instances, now));
}

int RefuseToRun(const Error& error) {
  Say(error.message);
  return kNotRunningExit;
}

int ShowRunning(const PsCommandLine& line) try {
  const auto client = ControlClient::Find(line.place);
  if (!client) return RefuseToRun(client.error());
  const auto functions = client->Get("/_openfc/functions");
  if (!functions) return RefuseToRun(functions.error());
  const auto instances = client->Get("/_openfc/instances");
  if (!instances) return RefuseToRun(instances.error());
  const json function_list = json::parse(*functions).at("functions");
  const json instance_list = json::parse(*instances).at("instances");
  return WriteOutput("the list", line.is_json ? JsonText(*client, function_list, instance_list)
                                              : Text(*client, function_list, instance_list));
} catch (const json::exception& exception) {
  return RefuseToRun(
      {ErrorCode::kProtocol, std::string("the answer is none: ") + exception.what()});
}

}  // namespace

Interpretation DeclarePs(CLI::App& app) {
  const auto line = std::make_shared<PsCommandLine>();  // The parser writes it, the returned reads.
  DeclareStatePlace(app, line->place);
  app.add_flag("--json", line->is_json, "As one JSON object");
  app.footer(kPsExamples);
  return [line]() -> Expected<Work> {
    return Work([line](const Variables& /*environment*/) { return ShowRunning(*line); });
  };
}

}  // namespace openfc::emulator
