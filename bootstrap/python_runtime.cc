#include "bootstrap/python_runtime.h"

#include "bootstrap/workers/worker_share.h"
#include "lang/python/aws_handler.h"
#include "lang/python/debugger.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

namespace openfc::bootstrap {
namespace {

/// Nothing: the function tells.
std::optional<FunctionInterface> InterfaceOf(InterfaceChoice choice) {
  switch (choice) {
    case InterfaceChoice::kFoundOut:
      break;
    case InterfaceChoice::kEvent:
      return FunctionInterface::kEvent;
    case InterfaceChoice::kWsgi:
      return FunctionInterface::kWsgi;
    case InterfaceChoice::kAsgi:
      return FunctionInterface::kAsgi;
  }
  return std::nullopt;
}

python::EventLoop EventLoopOf(EventLoopChoice choice) {
  switch (choice) {
    case EventLoopChoice::kAuto:
      break;
    case EventLoopChoice::kAsyncio:
      return python::EventLoop::kAsyncio;
    case EventLoopChoice::kUvloop:
      return python::EventLoop::kUvloop;
  }
  return python::EventLoop::kAuto;
}

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
  options.http_mode = config.mode.is_http;
  options.drives_door = config.mode.is_http;
  options.interface = InterfaceOf(config.http.interface);
  options.event_loop = EventLoopOf(config.http.event_loop);
  if (config.mode.is_http && !config.is_limit_set)
    options.concurrent_limit = 0;  // As it is loaded.
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

/// As the platform's images do: what was installed with the code is this Python's user base.
void TellPackages(const RuntimeConfig& config) {
  const std::string base = config.code_path + "/.s/python";
  if (config.mode.dialect == Dialect::kAws || ::access(base.c_str(), F_OK) != 0) return;
  ::setenv("PYTHONUSERBASE", base.c_str(), /*overwrite=*/0);
}

}  // namespace

Expected<Python> StartPython(const RuntimeConfig& config, std::size_t workers, const char* argv0) {
  // From a snapshot it waits in the root; the first invocation enters the code folder.
  const std::string folder = config.is_snapshot ? "/" : config.code_path;
  if (::chdir(folder.c_str()) != 0) {
    return SystemError("cannot enter the code folder " + folder, errno);
  }
  TellPackages(config);
  const std::string layer = "/opt/python";
  auto interpreter = python::Interpreter::Start(
      {.path_front = {config.code_path,
                      layer + "/lib/python" + python::Version() + "/site-packages", layer},
       .argv0 = argv0});
  if (!interpreter) return interpreter.error();
  Python python;
  python.interpreter = *std::move(interpreter);
  if (config.debug_port) {
    if (const Status ready = python::AwaitDebugger(*config.debug_port); !ready) {
      return ready.error();
    }
  }
  if (const Status made = MakeHandler(config, workers, python); !made) return made.error();
  return python;
}

}  // namespace openfc::bootstrap
