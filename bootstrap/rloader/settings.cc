#include "bootstrap/rloader/settings.h"

#include "runtime/config/runtime_config.h"
#include "runtime/process/cgroup_directory.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace openfc::bootstrap {
namespace {

/// Nothing when the variable is not set.
Expected<std::optional<std::int64_t>> WholeNumber(const Environment& environment, const char* name,
                                                  std::int64_t lowest, std::int64_t highest) {
  const auto text = Find(environment, name);
  if (!text) return std::optional<std::int64_t>();
  const auto number = FindNumber(environment, name);
  if (number && *number >= lowest && *number <= highest) return std::optional<std::int64_t>(number);
  return Error{ErrorCode::kInvalidArgument,
               std::string(name) + " is '" + *text + "', but must be a whole number from " +
                   std::to_string(lowest) + " to " + std::to_string(highest)};
}

/// Of a cgroup that `has` what `controller` does.
Expected<std::optional<std::string>> CgroupOf(const Environment& environment, const char* name,
                                              bool (CgroupDirectory::*has)() const,
                                              const char* controller) {
  auto path = Find(environment, name);
  if (path && !(CgroupDirectory(*path).*has)()) {
    return Error{ErrorCode::kInvalidArgument, std::string(name) + " is '" + *path +
                                                  "', but must be a cgroup directory with the " +
                                                  controller + " controller"};
  }
  return path;
}

/// Numbers with commas between them.
Expected<std::vector<int>> NumbersOf(const Environment& environment, const char* name) {
  std::vector<int> numbers;
  const std::string text = Find(environment, name).value_or("");
  const char* const last = text.data() + text.size();
  for (const char* next = text.data(); next != last;) {
    int number = -1;
    const auto [end, error] = std::from_chars(next, last, number);
    const bool goes_on = end != last && *end == ',' && end + 1 != last;
    if (error != std::errc() || number < 0 || number >= CPU_SETSIZE || (end != last && !goes_on)) {
      return Error{
          ErrorCode::kInvalidArgument,
          std::string(name) + " is '" + text + "', but must be numbers of processors, as in 0,2"};
    }
    numbers.push_back(number);
    next = goes_on ? end + 1 : end;
  }
  return numbers;
}

/// What only the HTTP mode has a use for; and of a function's name, AWS's dialect.
Status FitsPolling(const CommandLine& line, Dialect dialect) {
  const bool is_aws = dialect == Dialect::kAws;
  const std::string variable = is_aws ? "AWS_LAMBDA_RUNTIME_API" : "FC_RUNTIME_API";
  if (!line.handler.empty() && !is_aws) {
    return Error{ErrorCode::kInvalidArgument, "'" + line.handler + "' names a function, but with " +
                                                  variable +
                                                  " set the platform does: drop one of them"};
  }
  for (const auto& [flag, value] :
       {std::pair("--port", line.port), std::pair("--interface", line.interface),
        std::pair("--error-status", line.error_status)}) {
    if (value.empty()) continue;
    return Error{ErrorCode::kInvalidArgument, std::string(flag) + " is of the HTTP mode, and " +
                                                  variable + " is set: drop one of them"};
  }
  return Ok();
}

/// How a runtime of ours is to serve.
struct RuntimeManner {
  Mode mode;
  HttpConfig http;
};

/// Of any other program nothing is asked.
Expected<RuntimeManner> ReadRuntime(const CommandLine& line, const Environment& environment) {
  if (!line.command.empty()) return RuntimeManner{};
  auto mode = ChooseMode(environment, line.wants_http);
  if (!mode) return mode.error();
  if (!mode->is_http) {
    if (const Status fits = FitsPolling(line, mode->dialect); !fits) return fits.error();
  }
  // What the runtime would refuse is refused here, before anything is started.
  auto runtime = RuntimeConfig::From(environment);
  if (!runtime) return runtime.error();
  return RuntimeManner{.mode = *std::move(mode), .http = runtime->http};
}

}  // namespace

Environment InstanceEnvironment(const CommandLine& line, Environment environment) {
  const bool is_aws = Find(environment, "AWS_LAMBDA_RUNTIME_API").has_value();
  for (const auto& [name, value] :
       {std::pair(is_aws ? "_HANDLER" : "FC_FUNCTION_HANDLER", line.handler),
        std::pair("FC_CUSTOM_LISTEN_PORT", line.port),
        std::pair("OPENFC_INTERFACE", line.interface),
        std::pair("OPENFC_ERROR_STATUS", line.error_status)}) {
    if (!value.empty()) environment[name] = value;
  }
  return environment;
}

Expected<Settings> Settings::From(const CommandLine& line, const Environment& environment) {
  constexpr std::int64_t kDefaultGrace = 5;
  constexpr std::int64_t kLongestGrace = 86'400;
  constexpr std::int64_t kDefaultStacksTime = 100;
  constexpr std::int64_t kLongestStacksTime = 60'000;
  constexpr std::int64_t kMostMegabytes = std::int64_t{1} << 30;
  const auto runtime = ReadRuntime(line, environment);
  if (!runtime) return runtime.error();
  const auto grace = WholeNumber(environment, "OPENFC_GRACE_SECONDS", 0, kLongestGrace);
  if (!grace) return grace.error();
  const auto stacks = WholeNumber(environment, "OPENFC_STACKS_MS", 1, kLongestStacksTime);
  if (!stacks) return stacks.error();
  const auto watch = WholeNumber(environment, "OPENFC_WATCH_MEMORY_MB", 1, kMostMegabytes);
  if (!watch) return watch.error();
  const auto limit = WholeNumber(environment, "OPENFC_MEMORY_LIMIT_MB", 1, kMostMegabytes);
  if (!limit) return limit.error();
  auto cgroup = CgroupOf(environment, "OPENFC_CGROUP", &CgroupDirectory::HasMemory, "memory");
  if (!cgroup) return cgroup.error();
  auto pids = CgroupOf(environment, "OPENFC_PIDS_CGROUP", &CgroupDirectory::HasProcesses, "pids");
  if (!pids) return pids.error();
  auto cpu = CgroupOf(environment, "OPENFC_CPU_CGROUP", &CgroupDirectory::HasCpu, "cpu");
  if (!cpu) return cpu.error();
  auto processors = NumbersOf(environment, "OPENFC_PROCESSORS");
  if (!processors) return processors.error();
  const auto most = WholeNumber(environment, "OPENFC_MOST_PROCESSORS", 1, CPU_SETSIZE);
  if (!most) return most.error();
  return Settings{
      .mode = runtime->mode,
      .http = runtime->http,
      .command = line.command,
      .bootstrap = line.bootstrap,
      .restarts = line.restarts,
      .grace = std::chrono::seconds(grace->value_or(kDefaultGrace)),
      .stacks_patience = std::chrono::milliseconds(stacks->value_or(kDefaultStacksTime)),
      .cgroup = *std::move(cgroup),
      .pids_cgroup = *std::move(pids),
      .cpu_cgroup = *std::move(cpu),
      .processors = {.numbers = *std::move(processors),
                     .most = static_cast<std::size_t>(most->value_or(0))},
      .watch_limit_mb = *watch,
      .limit_mb = *limit};
}

std::vector<std::string> Settings::CgroupJoinFiles() const {
  std::vector<std::string> files;
  for (const auto& directory : {cgroup, pids_cgroup, cpu_cgroup}) {
    if (!directory) continue;
    std::string file = CgroupDirectory(*directory).JoinFile();
    const bool is_new = std::find(files.begin(), files.end(), file) == files.end();
    if (is_new) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace openfc::bootstrap
