// bootstrap: the Python runtime of an instance. Started by rloader, one program per Python version.
//
// This is the composition root: the environment is read here and nowhere below, and here alone the
// language meets the client.

#include "bootstrap/drain_signal.h"
#include "bootstrap/workers/prepare_template.h"
#include "bootstrap/workers/template_process.h"
#include "bootstrap/workers/worker_share.h"
#include "lang/python/aws_handler.h"
#include "lang/python/interpreter/fork.h"
#include "lang/python/interpreter/gil.h"
#include "lang/python/interpreter/interpreter.h"
#include "lang/python/interpreter/stack_dump.h"
#include "lang/python/python_handler.h"
#include "runtime/base/log.h"
#include "runtime/client/http_runtime_api.h"
#include "runtime/client/platform_connection.h"
#include "runtime/config/runtime_config.h"
#include "runtime/loop/loop.h"
#include "runtime/page/shared_page.h"
#include "runtime/page/signals.h"
#include "runtime/process/standard_streams.h"
#include "runtime/wire/error_document.h"
#include "runtime/wire/fault.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace openfc::bootstrap {
namespace {

// fc-runtime-api.md, section 9: the exit codes of an instance.
constexpr int kExitStopped = 0;
constexpr int kExitCannotServe = 1;
constexpr int kExitUsage = 2;
constexpr int kExitRefused = 70;

python::PythonOptions PythonOptionsOf(const RuntimeConfig& config, std::size_t workers) {
  python::PythonOptions options;
  options.code_path = config.code_path;
  options.log_level = config.log_level;
  options.frame_logs = config.log_fd.has_value();
  options.concurrent_limit = static_cast<int>(ShareOf(config.concurrent_limit, 0, workers));
  // What the template has, the workers share.
  if (workers > 1) options.load_own_modules = python::LoadOwnModules::kAtOnce;
  options.log_format =
      config.log_format == LogFormat::kJson ? python::LogFormat::kJson : python::LogFormat::kText;
  options.is_snapshot = config.is_snapshot;
  switch (config.context_shape) {
    case ContextShape::kByPythonVersion:
      options.context_shape = python::ContextShape::kByPythonVersion;
      break;
    case ContextShape::kFc2:
      options.context_shape = python::ContextShape::kFc2;
      break;
    case ContextShape::kFc3:
      options.context_shape = python::ContextShape::kFc3;
      break;
  }
  return options;
}

python::AwsOptions AwsOptionsOf(const LambdaConfig& config) {
  return {.handler = config.handler,
          .log_is_json = config.log_is_json,
          .log_level = config.log_level,
          .log_fd = config.log_fd,
          .keeps_unicode = config.keeps_unicode};
}

/// Neither user code nor its children see what is the platform's and ours.
void HideFromUserCode(const Environment& environment, const RuntimeConfig& config) {
  for (const std::string& name : HiddenVariables(environment, config.mode.dialect)) {
    ::unsetenv(name.c_str());
  }
  for (const auto& fd : {config.log_fd, config.lambda.log_fd, config.page_fd, config.timer_fd,
                         config.stacks_fd, config.wake_fd}) {
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

struct Python {
  std::unique_ptr<python::Interpreter> interpreter;
  std::unique_ptr<Handler> handler;                     // Ends before the interpreter does.
  python::TemplateHandler* template_handler = nullptr;  // The same, where workers can be forked.
  std::optional<Failure> failure;  // There is no handler: the function cannot be imported.
};

/// In AWS's dialect the function is imported before the first poll; in FC's, with its first
/// invocation.
Status MakeHandler(const RuntimeConfig& config, std::size_t workers, Python& python) {
  if (config.mode.dialect == Dialect::kAws) {
    auto made = python::MakeAwsHandler(AwsOptionsOf(config.lambda));
    if (!made) return made.error();
    if (auto* failure = std::get_if<Failure>(&*made)) python.failure = std::move(*failure);
    if (auto* handler = std::get_if<0>(&*made)) python.handler = std::move(*handler);
    return Ok();
  }
  auto handler = python::MakePythonHandler(PythonOptionsOf(config, workers));
  if (!handler) return handler.error();
  python.template_handler = handler->get();
  python.handler = *std::move(handler);
  return Ok();
}

Expected<Python> StartPython(const RuntimeConfig& config, std::size_t workers, const char* argv0) {
  // From a snapshot it waits in the root; the first invocation enters the code folder.
  const std::string folder = config.is_snapshot ? "/" : config.code_path;
  if (::chdir(folder.c_str()) != 0) {
    return SystemError("cannot enter the code folder " + folder, errno);
  }
  const std::string layer = "/opt/python";
  auto interpreter = python::Interpreter::Start(
      {.path_front = {config.code_path,
                      layer + "/lib/python" + python::Version() + "/site-packages", layer},
       .argv0 = argv0});
  if (!interpreter) return interpreter.error();
  Python python;
  python.interpreter = *std::move(interpreter);
  if (const Status made = MakeHandler(config, workers, python); !made) return made.error();
  return python;
}

/// The Runtime API over connections along `route`, one for each that is opened. What they receive
/// stands in the shared page. All of this must outlive what it opens.
OpenRuntimeApi OpenOver(PlatformRoute& route, RuntimeApiShared& shared,
                        const RuntimeConfig& config) {
  const auto connect = [&route, &shared](ReceiveBuffer buffer) {
    return std::make_unique<PlatformConnection>(route, shared.interrupt, std::move(buffer));
  };
  const auto open_for_polls = [connect, &shared] {
    auto buffer = shared.page.TakeReceiveBuffer();
    return connect(buffer ? *std::move(buffer) : ReceiveBuffer());
  };
  const HttpRuntimeApi::Options options{
      .dialect = config.mode.dialect,
      .max_response_bytes = config.max_response_bytes,
      .pause = {},
      .open_exchange = open_for_polls,
      .open_spare = [connect] { return connect(ReceiveBuffer()); }};
  return [open_for_polls, options, &shared] {
    return std::make_unique<HttpRuntimeApi>(open_for_polls(), shared, options);
  };
}

/// The user's module cannot be had. In this dialect that is the instance's end: the platform knows
/// now, and does not take a poll any more, so rloader is told not to try again.
int CannotImport(RuntimeApi& api, SharedPage& page, const RuntimeConfig& config,
                 const Failure& failure) {
  if (const Status posted = api.PostInitError(failure); !posted) {
    LogError("post_failed path=init/error cause=\"{}\"", posted.error().message);
  }
  if (!config.page_fd) return kExitCannotServe;
  page.MarkRefused();
  return kExitRefused;
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

/// A process's own way to the platform.
struct Connections {
  Connections(const RuntimeConfig& config, SharedPage& page, Interrupt& interrupt)
      : route(config.mode.api.host, config.mode.api.port, config.mode.dialect),
        shared{.page = page, .interrupt = interrupt},
        open(OpenOver(route, shared, config)) {}

  PlatformRoute route;
  RuntimeApiShared shared;
  const OpenRuntimeApi open;
};

/// Nothing can be served: the platform is told, and the log.
int CannotServe(RuntimeApi& api, const Error& error) {
  LogError("runtime_start_failed cause=\"{}\"", error.message);
  constexpr const char* kType = "RuntimeStartError";
  (void)api.PostInitError({.type = kType, .document = wire::ErrorDocument(kType, error.message)});
  return kExitCannotServe;
}

/// Up to `limit` invocations at once, until the end.
int ServeInThisProcess(const RuntimeConfig& config, SharedPage& page, Interrupt& interrupt,
                       Dispatcher& dispatcher, std::size_t limit) {
  Connections connections(config, page, interrupt);
  const Error end = RunLoop(connections.open, dispatcher, {.concurrent_limit = limit});
  if (end.code == ErrorCode::kCancelled) return kExitStopped;
  LogError("loop_ended cause=\"{}\"", end.message);
  page.MarkRefused();
  ::_exit(kExitRefused);  // Threads of user code are not waited for: there is nothing left to do.
}

std::size_t PlanWorkers(const RuntimeConfig& config) {
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

int Serve(const RuntimeConfig& config, SharedPage& page, const char* argv0) {
  Interrupt interrupt;
  std::optional<Interrupt> workers_own;  // Of a worker: it shares none with the others.
  TriggerOnDrainSignal(page, interrupt);
  const std::size_t workers = PlanWorkers(config);
  auto python = StartPython(config, workers, argv0);
  if (!python || python->failure) {
    Connections connections(config, page, interrupt);
    const auto api = connections.open();
    if (!python) return CannotServe(*api, python.error());
    return CannotImport(*api, page, config, *python->failure);
  }
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
    return ServeInThisProcess(config, page, interrupt, dispatcher, config.concurrent_limit);
  }
  const auto place = ForkWorkers(config, page, *python->template_handler, workers);
  if (const auto* end = std::get_if<TemplateProcess::End>(&place)) {
    if (end->exit_code != kExitStopped) ::_exit(end->exit_code);  // As above.
    return kExitStopped;
  }
  TriggerOnDrainSignal(page, workers_own.emplace());
  const std::size_t index = std::get<TemplateProcess::Worker>(place).place;
  return ServeInThisProcess(config, page, *workers_own, dispatcher,
                            ShareOf(config.concurrent_limit, index, workers));
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
