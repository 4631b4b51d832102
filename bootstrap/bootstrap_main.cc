// bootstrap: the Python runtime of an instance. Started by rloader, one program per Python version.
//
// This is the composition root: the environment is read here and nowhere below, and here alone the
// language meets the client.

#include "bootstrap/drain_signal.h"
#include "bootstrap/exit_codes.h"
#include "bootstrap/python_runtime.h"
#include "bootstrap/serve_http.h"
#include "bootstrap/serve_polls.h"
#include "bootstrap/workers/prepare_template.h"
#include "bootstrap/workers/template_process.h"
#include "bootstrap/workers/worker_share.h"
#include "lang/python/interpreter/fork.h"
#include "lang/python/interpreter/gil.h"
#include "lang/python/interpreter/stack_dump.h"
#include "lang/python/python_handler.h"
#include "runtime/base/log.h"
#include "runtime/config/runtime_config.h"
#include "runtime/page/shared_page.h"
#include "runtime/page/signals.h"
#include "runtime/process/standard_streams.h"
#include "runtime/wire/fault.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace openfc::bootstrap {
namespace {

/// Neither user code nor its children see what is the platform's and ours.
void HideFromUserCode(const Environment& environment, const RuntimeConfig& config) {
  for (const std::string& name : HiddenVariables(environment, config.mode.dialect)) {
    ::unsetenv(name.c_str());
  }
  for (const auto& fd : {config.log_fd, config.lambda.log_fd, config.page_fd, config.timer_fd,
                         config.stacks_fd, config.wake_fd, config.listen_fd, config.metrics_fd}) {
    if (fd > STDERR_FILENO) ::fcntl(*fd, F_SETFD, FD_CLOEXEC);
  }
}

Expected<std::unique_ptr<SharedPage>> OpenPage(const RuntimeConfig& config) {
  if (!config.page_fd) return SharedPage::Create();
  auto page = SharedPage::Attach(UniqueFd(*config.page_fd));
  if (page && config.timer_fd) {
    (*page)->UseTimer(std::make_unique<DeadlineTimer>(UniqueFd(*config.timer_fd)));
  }
  return page;
}

/// A result over the limit is answered as an error, and logged as one (section 9).
Dispatcher::Review LimitResponses(std::size_t limit, Dialect dialect) {
  return [limit, dialect](Outcome& outcome) {
    const auto* response = std::get_if<Response>(&outcome);
    if (response == nullptr || response->body.size() <= limit) return;
    outcome = wire::ResponseTooLarge(response->body.size(), limit, dialect);
  };
}

/// Standard output as it is now, whatever user code does to descriptor 1.
UniqueFd KeepStandardOutput() {
  return UniqueFd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

/// In the HTTP mode every worker gets a limit of its own where none is configured.
std::size_t PlanWorkers(const RuntimeConfig& config) {
  if (config.mode.is_http && !config.is_limit_set) return config.workers;
  const std::size_t workers = WorkersFor(config.workers, config.concurrent_limit);
  if (workers < config.workers) {
    LogWarn("workers_limited asked={} started={} concurrent_limit={}", config.workers, workers,
            config.concurrent_limit);
  }
  return workers;
}

/// Forks the workers; returns the place of one in each of them, and in this process the exit code.
std::variant<TemplateProcess::Worker, TemplateProcess::End> ForkWorkers(
    const RuntimeConfig& config, SharedPage& page, python::TemplateHandler& handler,
    std::size_t workers) {
  // From a snapshot, user code waits for the first invocation's credentials.
  PrepareTemplate(handler, config.is_snapshot ? "" : config.handler);
  const auto fork = [] {
    const python::Gil gil;
    return python::Fork();
  };
  auto place =
      TemplateProcess(page, {.workers = workers, .wake_fd = config.wake_fd, .fork = fork}).Run();
  if (std::holds_alternative<TemplateProcess::Worker>(place)) handler.ServeInForkedProcess();
  return place;
}

/// As one process, or as one of several.
int ServeHere(const RuntimeConfig& config, SharedPage& page, Interrupt& interrupt,
              const Python& python, Dispatcher& dispatcher, HttpPlace place) {
  if (config.mode.is_http) {
    return ServeHttp({.config = config,
                      .page = page,
                      .interrupt = interrupt,
                      .handler = *python.template_handler},
                     dispatcher, place);
  }
  return ServePolls({.config = config, .page = page, .interrupt = interrupt}, dispatcher,
                    ShareOf(config.concurrent_limit, place.index, place.count));
}

/// There is no function to serve, and the platform, where there is one, gets to know.
int ServeNothing(const RuntimeConfig& config, SharedPage& page, Interrupt& interrupt,
                 const Expected<Python>& python) {
  if (config.mode.is_http) {
    LogError("runtime_start_failed cause=\"{}\"", python.error().message);
    return kExitCannotServe;
  }
  const PollSurroundings surroundings{.config = config, .page = page, .interrupt = interrupt};
  return python ? CannotImport(surroundings, *python->failure)
                : CannotServe(surroundings, python.error());
}

int Serve(const RuntimeConfig& config, SharedPage& page, const char* argv0) {
  Interrupt interrupt;
  std::optional<Interrupt> workers_own;  // Of a worker: it shares none with the others.
  TriggerOnDrainSignal(page, interrupt);
  const std::size_t workers = PlanWorkers(config);
  const auto python = StartPython(config, workers, argv0);
  if (!python || python->failure) return ServeNothing(config, page, interrupt, python);
  if (config.stacks_fd && python::DumpStacksTo(*config.stacks_fd, StacksSignal())) {
    page.MarkTellsStacks();
  }
  const UniqueFd log_fd = KeepStandardOutput();
  // In AWS's dialect the lines around an invocation are the platform's.
  const bool has_log = config.mode.dialect == Dialect::kFc;
  const InvocationLog log = has_log ? InvocationLog(log_fd.get()) : InvocationLog::Silent();
  log.RuntimeInited("python3");
  Dispatcher dispatcher(*python->handler, log,
                        LimitResponses(config.max_response_bytes, config.mode.dialect));
  if (workers == 1 || python->template_handler == nullptr) {
    return ServeHere(config, page, interrupt, *python, dispatcher, {});
  }
  const auto place = ForkWorkers(config, page, *python->template_handler, workers);
  if (const auto* end = std::get_if<TemplateProcess::End>(&place)) {
    if (end->exit_code != kExitStopped) ::_exit(end->exit_code);  // As in ServePolls().
    return kExitStopped;
  }
  TriggerOnDrainSignal(page, workers_own.emplace());
  const std::size_t index = std::get<TemplateProcess::Worker>(place).place;
  return ServeHere(config, page, *workers_own, *python, dispatcher,
                   {.index = index, .count = workers});
}

int Main(char** argv) {
  const Environment environment = ReadEnvironment(::environ);
  auto config = RuntimeConfig::From(environment);
  if (!config) {
    (void)std::fprintf(stderr, "bootstrap: %s\n", config.error().message.c_str());
    return kExitUsage;
  }
  // It becomes the working directory, and must still name the same folder then.
  config->code_path = std::filesystem::absolute(config->code_path).string();
  HideFromUserCode(environment, *config);
  InitLog({.program = "bootstrap", .frame_fd = config->log_fd.value_or(-1)});
  const auto page = OpenPage(*config);
  if (!page) {
    LogError("page_unavailable cause=\"{}\"", page.error().message);
    return kExitUsage;
  }
  return Serve(*config, **page, argv[0]);
}

}  // namespace
}  // namespace openfc::bootstrap

int main(int /*argc*/, char** argv) try {
  openfc::OpenMissingStandardStreams();
  return openfc::bootstrap::Main(argv);
} catch (const std::exception& exception) {
  (void)std::fprintf(stderr, "bootstrap: %s\n", exception.what());
  return openfc::bootstrap::kExitCannotServe;
}
