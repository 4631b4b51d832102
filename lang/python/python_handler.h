#pragma once

#include "runtime/base/error.h"
#include "runtime/invoke/driven_door.h"
#include "runtime/invoke/function_interface.h"
#include "runtime/invoke/handler.h"

#include <memory>
#include <optional>
#include <string>

namespace openfc::python {

/// Which attributes `context` has: FC's runtimes up to 3.10 (fc2), or 3.12 (fc3).
enum class ContextShape { kByPythonVersion, kFc2, kFc3 };

/// How the root logger writes a record: FC's own line, or a JSON object in one line.
enum class LogFormat { kText, kJson };

/// When our own Python modules, and what they need of the standard library (json, logging,
/// traceback), are imported: 12 ms that either the start pays or the first invocation, before any
/// user code runs.
enum class LoadOwnModules { kAtFirstInvocation, kAtOnce };

/// Where coroutines run: on asyncio's own loop or on uvloop. By itself that is a loop of asyncio's
/// which drives the door, and where none can, uvloop for ASGI applications whose environment has
/// it.
enum class EventLoop { kAuto, kAsyncio, kUvloop };

struct PythonOptions {
  std::string code_path = "/code";
  std::string log_level = "INFO";  // The root logger's; a name that logging does not know is INFO.
  ContextShape context_shape = ContextShape::kByPythonVersion;
  LogFormat log_format = LogFormat::kText;
  bool frame_logs = false;   // Records on stdout in the platform's frames.
  int concurrent_limit = 1;  // Invocations at once. 0: one, or many if Load() finds `is_async`.

  /// The first invocation makes the process that of its instance: it enters the code folder, and
  /// the request's credentials and instance id take the place of those in the environment.
  bool is_snapshot = false;
  LoadOwnModules load_own_modules = LoadOwnModules::kAtFirstInvocation;

  /// Behind a door that is an HTTP server: generators stream, and web applications are served.
  bool http_mode = false;
  EventLoop event_loop = EventLoop::kAuto;  // In the HTTP mode.

  /// In the HTTP mode: functions that are `async` are served in Drive(), unless they are to run on
  /// uvloop, or one at a time. LoadedFunction::drives_door then says so.
  bool drives_door = false;
  std::optional<FunctionInterface> interface;  // Empty: found out by Load().
};

/// A Handler that a template process makes ready before it forks the processes that serve.
class TemplateHandler : public Handler {
 public:
  /// Imports the module of `module.function` ahead of the first invocation, in the thread that
  /// started the interpreter. kInvalidArgument with the reason when it cannot be had; nothing of
  /// that is kept, and the first invocation tries again and answers for it.
  virtual Status Preload(const std::string& handler) = 0;

  /// Imports the module of `module.function` as Preload() does, and finds out how the function is
  /// to be called. On failure nothing is kept either: invocations try again, and answer for it.
  virtual Expected<LoadedFunction> Load(const std::string& handler) = 0;

  /// Where Load() found that the function drives its door: runs its event loop, and the door, until
  /// the door is over. In the thread that called Load(), once; Handle() is called there too.
  virtual void Drive(DrivenDoor& door) = 0;

  /// In a process forked by Fork() that is to serve invocations, once, before the first one.
  virtual void ServeInForkedProcess() = 0;
};

/// Runs Python functions (fc-runtime-api.md, sections 3 to 6): finds the handler, calls it (with
/// the event as bytes; a hook with its context alone; an HTTP function as a WSGI application),
/// encodes what it returns, describes what it raises. Answers before Handle() returns, with the GIL
/// released and the function's output flushed.
///
/// Needs a running Interpreter, which must outlive it, and is made in the thread that started that.
/// At a limit of one invocation at a time Handle() is called in that thread too; above it in any
/// thread, in as many at once as the limit says. A process that user code forked never gets out of
/// Handle(): it ends there, answering nothing.
///
/// kSystem when our own modules, loaded at once above one invocation at a time, cannot be loaded.
Expected<std::unique_ptr<TemplateHandler>> MakePythonHandler(const PythonOptions& options);

}  // namespace openfc::python
