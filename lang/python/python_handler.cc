#include "lang/python/python_handler.h"

#include "lang/python/call_python.h"
#include "lang/python/coroutine.h"
#include "lang/python/event_body.h"
#include "lang/python/exchange.h"
#include "lang/python/import_embedded.h"
#include "lang/python/interpreter/gil.h"
#include "lang/python/invocation_start.h"
#include "lang/python/kept_text.h"
#include "lang/python/loop_drive.h"
#include "lang/python/native_module.h"
#include "lang/python/output.h"
#include "lang/python/text.h"
#include "lang/python/this_process.h"
#include "lang/python/write_function.h"
#include "runtime/wire/error_document.h"
#include "runtime/wire/fault.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cassert>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc::python {

namespace py = pybind11;

namespace {

ContextMaker::Shape ShapeOf(ContextShape shape) {
  switch (shape) {
    case ContextShape::kFc2:
      return ContextMaker::Shape::kOlder;
    case ContextShape::kFc3:
      return ContextMaker::Shape::kNewer;
    case ContextShape::kByPythonVersion:
      break;
  }
  return PY_VERSION_HEX >= 0x030C0000 ? ContextMaker::Shape::kNewer : ContextMaker::Shape::kOlder;
}

Failure MakeFailure(std::string type, std::string_view message) {
  std::string document = wire::ErrorDocument(type, message);
  return {.type = std::move(type), .document = std::move(document)};
}

const char* FormatName(LogFormat format) {
  switch (format) {
    case LogFormat::kText:
      break;
    case LogFormat::kJson:
      return "json";
  }
  return "text";
}

/// `threading` takes the thread that imports it for the main one: not a slot's.
bool LoadsAllAtOnce(const PythonOptions& options) {
  return options.load_own_modules == LoadOwnModules::kAtOnce || options.concurrent_limit > 1 ||
         options.http_mode;
}

/// The functions of py/invoke.py. Made and dropped under the GIL.
struct Steps {
  std::unique_ptr<InvocationStart> start;
  py::object load;
  py::dict loaded;  // What load() gave before.
  KeptText handler_name;
  py::object encode;
  py::object describe;
  py::object describe_plainly;
  py::object exit_status;
  std::unique_ptr<Output> output;
  py::object report_failure;
  py::object adopt;
  py::object module;
  py::object bound;             // All of invoke.Steps.
  py::object wsgi_application;  // Null when there is none.
  py::object serve_wsgi;        // For it, as the next.
  py::object make_context;
  bool in_http_mode;

  py::object loop() const { return bound.attr("loop"); }  // event_loop.MainLoop or LoopThread.
};

Steps LoadSteps(const PythonOptions& options) {
  const py::object module = ImportEmbedded();
  const auto code_path = py::reinterpret_steal<py::object>(PyUnicode_DecodeFSDefaultAndSize(
      options.code_path.data(), static_cast<Py_ssize_t>(options.code_path.size())));
  if (!code_path) throw py::error_already_set();
  const py::object bound = module.attr("Steps")(
      code_path, options.log_level, FormatName(options.log_format), options.frame_logs,
      options.is_snapshot, options.concurrent_limit, MakeWriteFunction(),
      options.http_mode ? py::object(py::cpp_function(&MakeLoopInbox)) : py::none(),
      static_cast<int>(options.event_loop), options.drives_door, LoadsAllAtOnce(options));
  auto start = std::make_unique<InvocationStart>(module, bound, ShapeOf(options.context_shape));
  auto output = std::make_unique<Output>(module.attr("flush"), module.attr("begun_lines"));
  return {.start = std::move(start),
          .load = bound.attr("load"),
          .loaded = bound.attr("loaded"),
          .handler_name = {},
          .encode = module.attr("encode"),
          .describe = module.attr("describe"),
          .describe_plainly = module.attr("describe_plainly"),
          .exit_status = module.attr("exit_status"),
          .output = std::move(output),
          .report_failure = module.attr("report_failure"),
          .adopt = bound.attr("adopt"),
          .module = module,
          .bound = bound,
          .wsgi_application = {},
          .serve_wsgi = {},
          .make_context = {},
          .in_http_mode = options.http_mode};
}

/// One invocation in Python, from its context to its outcome, under the GIL.
class PythonCall {
 public:
  explicit PythonCall(Steps& steps) : steps_(steps) {}

  Status Preload(const std::string& handler) {
    const Called loaded = Step(steps_.load, py::str(handler));
    Flush();
    if (!loaded.Raised()) return Ok();
    return Error{ErrorCode::kInvalidArgument, py::str(loaded.exception)};
  }

  /// The function, and how it is to be called.
  std::pair<Called, LoadedFunction> Load(const std::string& handler,
                                         const std::optional<FunctionInterface>& given) {
    const Called loaded = Step(steps_.load, py::str(handler));
    if (loaded.Raised()) return {loaded, {}};
    const Called found =
        given ? StepLate("with_interface", loaded.result, py::int_(static_cast<int>(*given)))
              : StepLate("find_interface", loaded.result);
    if (found.Raised()) return {found, {}};
    const auto [interface, is_async] = found.result.cast<std::pair<int, bool>>();
    return {loaded, {.interface = static_cast<FunctionInterface>(interface), .is_async = is_async}};
  }

  /// The inbox of an ASGI application that is ready now.
  Called StartAsgi(const py::object& application) {
    Called started =
        Step(steps_.bound.attr("web").attr("start_asgi"), application, MakeContextFunction());
    Flush();
    return started;
  }

  /// What makes the context of an exchange, for as long as steps_.start is what it is.
  py::cpp_function MakeContextFunction() const {
    return [start = steps_.start.get()](const Exchange& exchange) {
      return start->ContextOf(exchange.invocation());
    };
  }

  /// Runs the event loop that drives the door.
  Called Drive(DrivenDoor& door) {
    py::object drive;
    const py::cpp_function make_drive = [&door, &drive](const std::shared_ptr<LoopInbox>& inbox) {
      return drive = MakeLoopDrive(door, inbox);
    };
    Called served = Step(steps_.bound.attr("serve"), make_drive);
    if (drive) drive.cast<LoopDrive&>().End();
    return served;
  }

  /// A request of a WSGI application.
  void ServeWsgi(const py::object& application, Invocation&& invocation, Reply reply) {
    ReportPendingSignals();
    const Called begun = steps_.start->BeginWithoutContext(invocation);
    const py::object exchange =
        MakeExchange(std::make_unique<Invocation>(std::move(invocation)), std::move(reply));
    Conclude(exchange, begun.Raised()
                           ? begun
                           : Step(steps_.serve_wsgi, application, exchange, steps_.make_context));
  }

  Failure Describe(const Called& called) const {
    const Called described = CallPython(steps_.describe, called.exception);
    if (described.Raised()) return DescribePlainly(called);
    const py::tuple pair = described.result;
    return {.type = BytesOf(pair[0]), .document = BytesOf(pair[1])};
  }

  /// Without the stack: what writes it cannot be imported any more, where the function has used up
  /// the descriptors for example.
  Failure DescribePlainly(const Called& called) const {
    const Called text = CallPython(steps_.describe_plainly, called.exception);
    return MakeFailure(Py_TYPE(called.exception.ptr())->tp_name,
                       text.Raised() ? "The exception cannot be shown" : BytesOf(text.result));
  }

  /// Nothing: a coroutine has taken the reply, and answers later.
  std::optional<Outcome> Run(const Invocation& invocation, std::string event, Reply& reply) {
    ReportPendingSignals();
    std::optional<Outcome> outcome = Call(invocation, std::move(event), reply);
    if (outcome) Flush();
    return outcome;
  }

 private:
  std::optional<Outcome> Call(const Invocation& invocation, std::string event, Reply& reply) {
    const Called context = steps_.start->Begin(invocation);
    if (context.Raised()) return Describe(context);
    if (!invocation.cloud_event.empty()) {
      (void)StepLate("add_cloud_event", context.result, Text(invocation.cloud_event));
    }
    const py::object name = steps_.handler_name.Of(invocation.function.handler);
    const Called handler = Find(name);
    if (handler.Raised()) return Describe(handler);
    const py::bytes body(std::exchange(event, {}));
    const bool is_hook = invocation.type != InvocationType::kInvoke;
    if (!is_hook && invocation.http_params) {
      const py::bytes params(*invocation.http_params);
      return Posted(StepLate("call_wsgi", handler.result, params, body, context.result, name));
    }
    const Called result =
        is_hook ? Step(handler.result, context.result) : Step(handler.result, body, context.result);
    if (result.Raised()) return Describe(result);
    if (steps_.in_http_mode && !is_hook && IsGenerator(result.result)) {
      Stream(invocation, result.result, reply);
      return std::nullopt;
    }
    if (IsCoroutine(result.result)) return Await(invocation, result.result, reply);
    return Encode(result.result);
  }

  Called Find(const py::object& name) {
    PyObject* const known = PyDict_GetItemWithError(steps_.loaded.ptr(), name.ptr());
    if (known == nullptr) return Step(steps_.load, name);
    return {.result = py::reinterpret_borrow<py::object>(known), .exception = {}};
  }

  Outcome Encode(const py::object& result) {
    if (auto plain = PlainBytesOf(result)) return Response{.body = *std::move(plain)};
    const Called encoded = Step(steps_.encode, result);
    if (encoded.Raised()) return Describe(encoded);
    return Response{.body = BytesOf(encoded.result), .http_params = {}};
  }

  /// Of what call_wsgi answers.
  Outcome Posted(const Called& called) const {
    if (called.Raised()) return Describe(called);
    const py::tuple pair = called.result;
    Response response{.body = BytesOf(pair[0]), .http_params = {}};
    const py::object params = pair[1];
    if (!params.is_none()) response.http_params = BytesOf(params);
    return response;
  }

  /// In the HTTP mode: answers piece by piece.
  void Stream(const Invocation& invocation, const py::object& generator, Reply& reply) {
    if (PyAsyncGen_CheckExact(generator.ptr()) == 0) {
      const py::object exchange = MakeExchange(std::make_unique<Invocation>(), std::move(reply));
      return Conclude(exchange, StepLate("stream", generator, exchange));
    }
    reply.EndsItselfAtDeadline();
    const py::object exchange = MakeExchange(std::make_unique<Invocation>(), std::move(reply));
    const py::object waits = steps_.loop().attr("waits");
    const Called coroutine = StepLate("stream_async", generator, exchange, waits);
    if (coroutine.Raised()) return Conclude(exchange, coroutine);
    AwaitFor(exchange, invocation, coroutine.result, exchange.attr("watch_half_closed"));
  }

  std::optional<Outcome> Await(const Invocation& invocation, const py::object& coroutine,
                               Reply& reply) {
    reply.EndsItselfAtDeadline();
    if (steps_.in_http_mode) {
      const py::object exchange = MakeExchange(std::make_unique<Invocation>(), std::move(reply));
      AwaitFor(exchange, invocation, coroutine, exchange.attr("watch_gone"));
      return std::nullopt;
    }
    const py::object deadline = MonotonicSeconds(invocation.deadline);
    const std::int64_t timeout_s = invocation.function.timeout_s;
    if (RunsHere()) {
      const Called ended = Step(steps_.loop().attr("run"), coroutine, deadline);
      if (ended.Raised()) return Describe(ended);
      return OutcomeOf(ended.result, timeout_s);
    }
    Flush();  // From here on the answer may be under way.
    const py::object answer =
        AnswerLater(std::move(reply),
                    [call = *this, timeout_s](CoroutineEnd end, const py::object& value) mutable {
                      Outcome outcome = call.OutcomeOf(end, value, timeout_s);
                      call.Flush();
                      return outcome;
                    });
    (void)CallPython(steps_.loop().attr("submit"), coroutine, deadline, answer);
    return std::nullopt;
  }

  /// The same in the HTTP mode, where it is cancelled when `watch`, a function of the exchange,
  /// says that the client is not there any more, too.
  void AwaitFor(const py::object& exchange, const Invocation& invocation,
                const py::object& coroutine, const py::object& watch) {
    const py::object deadline = MonotonicSeconds(invocation.deadline);
    const std::int64_t timeout_s = invocation.function.timeout_s;
    const py::cpp_function settle = [call = *this, exchange, timeout_s](
                                        int end, const py::object& value) mutable {
      call.Settle(exchange, static_cast<CoroutineEnd>(end), value, timeout_s);
    };
    if (!RunsHere()) {
      Flush();
      (void)CallPython(steps_.loop().attr("submit"), coroutine, deadline, settle, watch);
      return;
    }
    const Called ended = Step(steps_.loop().attr("run"), coroutine, deadline, watch);
    if (ended.Raised()) return Conclude(exchange, ended);
    const py::tuple pair = ended.result;
    Settle(exchange, static_cast<CoroutineEnd>(pair[0].cast<int>()), pair[1], timeout_s);
  }

  void Settle(const py::object& exchange, CoroutineEnd end, const py::object& value,
              std::int64_t timeout_s) {
    auto& answerer = exchange.cast<Exchange&>();
    if (end == CoroutineEnd::kAbandoned) return answerer.Close();
    Outcome outcome = OutcomeOf(end, value, timeout_s);
    Flush();
    answerer.Answer(std::move(outcome));  // To no effect where the answer was streamed.
  }

  /// After a call that answers through `exchange`, unless it raised.
  void Conclude(const py::object& exchange, const Called& called) {
    std::optional<Outcome> outcome;
    if (called.Raised()) outcome = Describe(called);
    Flush();
    auto& answerer = exchange.cast<Exchange&>();
    if (outcome) return answerer.Answer(*std::move(outcome));
    answerer.Close();
  }

  /// Whether coroutines run in this thread, as at one invocation at a time.
  bool RunsHere() const { return py::hasattr(steps_.loop(), "run"); }

  Outcome OutcomeOf(const py::tuple& end_and_value, std::int64_t timeout_s) {
    const auto end = static_cast<CoroutineEnd>(end_and_value[0].cast<int>());
    return OutcomeOf(end, end_and_value[1], timeout_s);
  }

  Outcome OutcomeOf(CoroutineEnd end, const py::object& value, std::int64_t timeout_s) {
    switch (end) {
      case CoroutineEnd::kFinished:
        return Encode(value);
      case CoroutineEnd::kFailed:
        return Describe({.result = {}, .exception = value});
      case CoroutineEnd::kTimedOut:
      case CoroutineEnd::kAbandoned:
        break;
    }
    Failure failure = wire::FunctionTimeout(timeout_s, value.cast<wire::Stack>());
    (void)CallPython(steps_.report_failure, py::str(failure.document));
    return failure;
  }

  /// Every step may run user code, and user code may have forked.
  template <typename... Arguments>
  Called Step(const py::object& callable, const Arguments&... arguments) {
    Called called = CallPython(callable, arguments...);
    if (process_.WasLeft()) EndForkedChild(called, steps_.exit_status, steps_.output->flush());
    return called;
  }

  /// The same with a function of the module that is imported when it is called first.
  template <typename... Arguments>
  Called StepLate(const char* name, const Arguments&... arguments) {
    const auto function =
        py::reinterpret_steal<py::object>(PyObject_GetAttrString(steps_.module.ptr(), name));
    if (!function) return {.result = {}, .exception = TakeException()};
    return Step(function, arguments...);
  }

  /// What a signal handler of the user's raised between two invocations is neither's answer.
  static void ReportPendingSignals() {
    if (PyErr_CheckSignals() != 0) PyErr_WriteUnraisable(nullptr);
  }

  void Flush() const { steps_.output->Flush(); }

  Steps& steps_;
  const ThisProcess process_;
};

class GlobalLock final : public LanguageLock {
 public:
  void Lock() override { AcquireGil(); }
  void Unlock() override { ReleaseGil(); }
};

class PythonHandler final : public TemplateHandler {
 public:
  explicit PythonHandler(PythonOptions options) : options_(std::move(options)) {}

  ~PythonHandler() override {
    const Gil gil;
    if (steps_) (void)CallPython(steps_->bound.attr("close"));
    steps_.reset();
  }

  Status LoadOwnModules() try {
    const Gil gil;
    if (!steps_) steps_ = LoadSteps(options_);
    return Ok();
  } catch (const py::error_already_set& error) {
    return Error{ErrorCode::kSystem,
                 std::string("the runtime's own Python modules cannot be loaded: ") + error.what()};
  }

  Status Preload(const std::string& handler) override {
    if (auto loaded = LoadOwnModules(); !loaded) return loaded;
    const Gil gil;
    return PythonCall(*steps_).Preload(handler);
  }

  Expected<LoadedFunction> Load(const std::string& handler) override {
    if (auto loaded = LoadOwnModules(); !loaded) return loaded.error();
    const Gil gil;
    PythonCall call(*steps_);
    auto [loaded, function] = call.Load(handler, options_.interface);
    if (!loaded.Raised() && options_.http_mode) loaded = Start(call, loaded.result, &function);
    if (!loaded.Raised()) return function;
    load_failure_ = call.Describe(loaded);
    return Error{ErrorCode::kInvalidArgument, py::str(loaded.exception)};
  }

  void Drive(DrivenDoor& door) override {
    const Gil gil;
    is_driving_ = true;
    if (const Called served = PythonCall(*steps_).Drive(door); served.Raised()) {
      PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(served.exception.ptr())),
                      served.exception.ptr());
      PyErr_WriteUnraisable(nullptr);
    }
    is_driving_ = false;
  }

  void ServeInForkedProcess() override {
    const Gil gil;
    if (steps_) (void)CallPython(steps_->adopt);
  }

  LanguageLock* language_lock() override { return &lock_; }

  void Handle(Invocation invocation, Reply reply) override {
    if (invocation.http && invocation.type == InvocationType::kInvoke) {
      return Serve(std::move(invocation), std::move(reply));
    }
    std::optional<Outcome> outcome = Answer(invocation, reply);
    if (outcome) std::move(reply).Send(*std::move(outcome));
  }

 private:
  /// What Load() has found begins to serve.
  Called Start(PythonCall& call, const py::object& function, LoadedFunction* found) {
    if (options_.concurrent_limit == 0 && found->is_async) {
      Called settled = CallPython(steps_->bound.attr("settle"), py::bool_(true));
      if (settled.Raised()) return settled;
      steps_->start = std::make_unique<InvocationStart>(steps_->module, steps_->bound,
                                                        ShapeOf(options_.context_shape));
      steps_->output = std::make_unique<Output>(steps_->module.attr("flush"),
                                                steps_->module.attr("begun_lines"));
    }
    const bool is_asgi = found->interface == FunctionInterface::kAsgi;
    if (found->is_async) {
      Called drives = CallPython(steps_->bound.attr("drives_door"), py::bool_(is_asgi));
      if (drives.Raised()) return drives;
      found->drives_door = drives.result.cast<bool>();
    }
    if (found->interface == FunctionInterface::kWsgi) {
      steps_->wsgi_application = function;
      steps_->serve_wsgi = steps_->module.attr("serve_wsgi");
      steps_->make_context = call.MakeContextFunction();
    }
    if (!is_asgi) return {.result = function, .exception = {}};
    Called started = call.StartAsgi(function);
    if (!started.Raised()) inbox_ = InboxOf(started.result);
    return started;
  }

  /// A request of a web application.
  void Serve(Invocation&& invocation, Reply reply) {
    if (inbox_) {
      if (!invocation.deadline.IsNever()) reply.EndsItselfAtDeadline();
      auto kept = std::make_unique<Invocation>(std::move(invocation));
      return inbox_->Put({.invocation = std::move(kept), .reply = std::move(reply)});
    }
    if (load_failure_) return std::move(reply).Send(*load_failure_);
    const Gil gil;
    assert(steps_ && steps_->wsgi_application);
    PythonCall(*steps_).ServeWsgi(steps_->wsgi_application, std::move(invocation),
                                  std::move(reply));
  }

  std::optional<Outcome> Answer(Invocation& invocation, Reply& reply) {
    // A hook is told nothing; and its body may come by the thread that would wait for it here.
    const bool is_hook = invocation.type != InvocationType::kInvoke;
    auto event = is_hook ? std::string() : WholeBody(invocation);
    if (!event) return wire::EventTruncated();
    const Gil gil;  // Once for all of it: under concurrency others want it, too.
    if (const auto loaded = LoadOwnModules(); !loaded) {
      return MakeFailure("RuntimeStartError", loaded.error().message);
    }
    std::optional<OutsideLoop> outside;
    if (is_driving_) outside.emplace();
    return PythonCall(*steps_).Run(invocation, *std::move(event), reply);
  }

  const PythonOptions options_;
  std::optional<Steps> steps_;
  bool is_driving_ = false;
  std::shared_ptr<LoopInbox> inbox_;     // Of an ASGI application.
  std::optional<Failure> load_failure_;  // Why there is no application.
  GlobalLock lock_;
};

}  // namespace

Expected<std::unique_ptr<TemplateHandler>> MakePythonHandler(const PythonOptions& options) {
  auto handler = std::make_unique<PythonHandler>(options);
  if (LoadsAllAtOnce(options)) {
    if (const auto loaded = handler->LoadOwnModules(); !loaded) return loaded.error();
  }
  return std::unique_ptr<TemplateHandler>(std::move(handler));
}

}  // namespace openfc::python
