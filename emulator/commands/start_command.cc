#include "emulator/commands/start_command.h"

#include "emulator/commands/code_checksum.h"
#include "emulator/commands/debugging.h"
#include "emulator/commands/function_choice.h"
#include "emulator/commands/packages.h"
#include "emulator/commands/start_options.h"
#include "emulator/commands/terminal.h"
#include "emulator/platform/destination.h"
#include "emulator/platform/platform.h"
#include "emulator/state/log_file_name.h"
#include "emulator/state/state_folder.h"
#include "runtime/process/stop_signals.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <system_error>
#include <utility>

namespace openfc::emulator {
namespace {

constexpr int kNotStartedExit = 3;
constexpr int kSignalExit = 128;

/// Each function has a port of its own; one instance of it can.
Status Debug(const StartCommandLine& line, std::size_t index, FunctionDefinition& function) {
  if (!line.debug.port) return Ok();
  const int port = *line.debug.port + static_cast<int>(index);
  const Status ready = PrepareDebugging(function, line.bootstrap.has_value(), port);
  if (!ready) return ready.error();
  Say(function.name + " waits for a debugger on 127.0.0.1:" + std::to_string(port));
  return line.debug.writes_launch_entry ? WriteLaunchEntry(Absolute("."), function, port) : Ok();
}

Expected<std::vector<InstanceModel>> ModelsOf(const StartCommandLine& line,
                                              std::vector<ChosenFunction> chosen,
                                              const std::string& base_folder,
                                              const Variables& environment) {
  std::vector<InstanceModel> models;
  for (ChosenFunction& function : chosen) {
    const std::string source = function.definition.code_path;
    auto packages = PreparePackages(function.definition, base_folder, environment);
    if (!packages) return packages.error();
    if (const Status ready = Debug(line, models.size(), function.definition); !ready) {
      return ready.error();
    }
    for (const std::string& notice : packages->notices) Say("notice: " + notice);
    InstanceModel model{.function = std::move(function.definition),
                        .identity = Identity::From(environment),
                        .limits = LimitsOf(line),
                        .code_source = source,
                        .code_checksum = CodeChecksum(source),
                        .mounts = packages->mounts,
                        .rloader = FindRloader(),
                        .own_environment = environment,
                        .freeze_after = line.freeze_after,
                        .stop_after = line.stop_after,
                        .start_time = line.start_time};
    if (line.bootstrap) model.bootstrap = Absolute(*line.bootstrap);
    if (line.debug.port) {
      model.freeze_after = kDebugTime;
      model.start_time = kDebugTime;
    }
    models.push_back(std::move(model));
  }
  return models;
}

Expected<PlatformOptions> OptionsOf(const StartCommandLine& line,
                                    std::vector<ChosenFunction> chosen,
                                    const std::string& base_folder, const Variables& environment) {
  PlatformOptions options{
      .functions = {},
      .address = line.address,
      .port = line.port,
      .pool = {.max_instances = line.max_instances, .max_waiting = line.max_waiting},
      .limits = LimitsOf(line),
      .allowed_hosts = line.allowed_hosts,
      .log_fd = line.is_quiet ? -1 : STDERR_FILENO};
  auto models = ModelsOf(line, std::move(chosen), base_folder, environment);
  if (!models) return models.error();
  options.functions = *std::move(models);
  if (line.debug.port) options.pool.max_instances = 1;
  options.base_folder = base_folder;
  options.reloads_code = line.reloads_code;
  options.refresh_code = [environment](const FunctionDefinition& function,
                                       const std::string& source) -> Expected<CodeState> {
    auto folder = CodeFolderOf(function, source, StoreFor(environment));
    if (!folder) return folder.error();
    return CodeState{.folder = *std::move(folder), .checksum = CodeChecksum(source)};
  };
  options.tell = [](const std::string& sentence) { Say(sentence); };
  return options;
}

Status CheckTimersOf(const std::vector<ChosenFunction>& functions) {
  for (const ChosenFunction& function : functions) {
    if (const Status fits = CheckTimers(function.definition); !fits) return fits.error();
  }
  return Ok();
}

/// The s.yaml as it is now; of a debugged function there is an IDE that knows its port.
void FollowServiceFile(const StartCommandLine& line, const std::string& source,
                       const Variables& environment, PlatformOptions& options) {
  if (line.debug.port || !std::filesystem::is_regular_file(source)) return;
  options.service_file = source;
  StartCommandLine again = line;
  again.config = source;
  options.read_functions = [line = std::move(again), folder = options.base_folder,
                            environment]() -> Expected<std::vector<InstanceModel>> {
    auto chosen = ChooseFunctions(line, environment);
    if (!chosen) return chosen.error();
    if (const Status fits = CheckTimersOf(*chosen); !fits) return fits.error();
    return ModelsOf(line, *std::move(chosen), folder, environment);
  };
}

/// Where each function is to be called, for a person.
std::string Greeting(const PlatformOptions& options, std::uint16_t port) {
  const std::string base = "http://" + options.address + ":" + std::to_string(port);
  std::string text;
  for (const InstanceModel& model : options.functions) {
    const FunctionDefinition& function = model.function;
    const bool is_fc3 = function.edition == Edition::kFc3;
    text.append("  ").append(function.name).append("  ").append(base);
    text.append(is_fc3 ? "/2023-03-30/functions/" + function.name
                       : "/2021-04-06/services/" + function.service_name + "/functions/" +
                             function.name);
    text.append("/invocations\n");
    if (!function.http_trigger) continue;
    text.append("      HTTP  ").append(base).append(HttpTriggers::PathOf(function)).append("\n");
  }
  return "serving on " + base + " (Ctrl-C stops it)\n" + text;
}

/// Until a signal comes and everything has ended; a second signal ends it at once. The platform's
/// thread may touch `end` for as long as it runs.
int ServeUntilSignal(Platform& platform, StopSignals& signals, const EndMark& end) {
  int exit_code = 0;
  AwaitEnd(signals, end, [&](int signal) {
    exit_code = kSignalExit + signal;
    Say("stopping");
    platform.Stop(end.Teller());
    return OnStop::kAwaitEnd;
  });
  return exit_code;
}

/// Of a file the one that it lies in.
std::string FolderOf(const std::string& source) {
  std::error_code ignored;
  const std::filesystem::path path(source);
  return std::filesystem::is_directory(path, ignored) ? source : path.parent_path().string();
}

/// Nothing when none was given.
Expected<std::optional<KeyPair>> KeysOf(const StartCommandLine& line) {
  using Keys = std::optional<KeyPair>;
  if (!line.auth && !line.auth_file) return Keys();
  std::string text = line.auth.value_or("");
  if (line.auth_file) {
    std::ifstream file(*line.auth_file);
    if (!std::getline(file, text)) {
      return Error{ErrorCode::kInvalidArgument,
                   "there is no key pair to read in the file " + *line.auth_file};
    }
    if (text.ends_with('\r')) text.pop_back();
  }
  auto keys = ReadKeyPair(text);
  if (!keys) return keys.error();
  return Keys(*std::move(keys));
}

void SayUnservedDestinations(const PlatformOptions& options) {
  for (const InstanceModel& model : options.functions) {
    const AsyncConfig& async = model.function.async;
    for (const std::string& text : {async.on_success, async.on_failure}) {
      if (text.empty()) continue;
      const auto destination = ReadDestination(text, "/");
      if (!destination) Say("notice: " + model.function.name + ": " + destination.error().message);
    }
  }
}

/// What several functions have in common is said once.
void SayNotices(const std::vector<ChosenFunction>& functions) {
  std::set<std::string> said;
  for (const ChosenFunction& function : functions) {
    for (const std::string& notice : function.notices) {
      if (said.insert(notice).second) Say("notice: " + notice);
    }
  }
}

int RefuseStart(const Error& error) {
  Say(error.message);
  return kNotStartedExit;
}

int Start(const StartCommandLine& line, const Variables& environment) {
  auto chosen = ChooseFunctions(line, environment);
  if (!chosen) return RefuseUsage(chosen.error());
  SayNotices(*chosen);
  const auto keys = KeysOf(line);
  if (!keys) return RefuseUsage(keys.error());
  if (const Status fits = CheckTimersOf(*chosen); !fits) return RefuseUsage(fits.error());
  const auto signals = StopSignals::Hold();
  if (!signals) return RefuseStart(signals.error());
  const std::string source = SourceOf(line.config, line.code);
  const auto folder =
      StateFolder::Take(line.state_dir ? Absolute(*line.state_dir) : StateFolderFor(source));
  if (!folder) return RefuseStart(folder.error());
  auto made = OptionsOf(line, *std::move(chosen), FolderOf(source), environment);
  if (!made) return RefuseUsage(made.error());
  PlatformOptions& options = *made;
  SayUnservedDestinations(options);
  FollowServiceFile(line, source, environment, options);
  options.keys = *keys;
  options.state_folder = (*folder)->path();
  options.log_folder = LogFolderOf((*folder)->path());
  options.control = {.token = MakeToken(), .stop = [] { ::kill(::getpid(), SIGTERM); }};
  const EndMark end;
  const auto platform = Platform::Start(options);
  if (!platform) return RefuseStart(platform.error());
  const Status published = (*folder)->Publish({.pid = ::getpid(),
                                               .address = options.address,
                                               .port = (*platform)->port(),
                                               .token = options.control.token,
                                               .source = source,
                                               .started = std::chrono::system_clock::now()});
  if (!published) Say("notice: fclocal ps does not find this one: " + published.error().message);
  Say(Greeting(options, (*platform)->port()));
  return ServeUntilSignal(**platform, **signals, end);
}

}  // namespace

Interpretation DeclareStart(CLI::App& app) {
  return [read = DeclareStartOptions(app)]() -> Expected<Work> {
    auto line = read();
    if (!line) return line.error();
    return Work([line = *std::move(line)](const Variables& environment) {
      return Start(line, environment);
    });
  };
}

}  // namespace openfc::emulator
