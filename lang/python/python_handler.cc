#include "lang/python/python_handler.h"

#include "lang/python/call_python.h"
#include "lang/python/coroutine.h"
#include "lang/python/event_body.h"
#include "lang/python/import_embedded.h"
#include "lang/python/interpreter/gil.h"
#include "lang/python/invocation_meta.h"
#include "lang/python/text.h"
#include "lang/python/this_process.h"
#include "lang/python/write_function.h"
#include "runtime/wire/error_document.h"
#include "runtime/wire/fault.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc::python {

namespace py = pybind11;

namespace {

const char* ShapeName(ContextShape shape) {
  switch (shape) {
    case ContextShape::kFc2:
      return "fc2";
    case ContextShape::kFc3:
      return "fc3";
    case ContextShape::kByPythonVersion:
      break;
  }
  return PY_VERSION_HEX >= 0x030C0000 ? "fc3" : "fc2";
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

/// The functions of py/invoke.py. Made and dropped under the GIL.
struct Steps {
  py::object begin;
  py::object load;
  py::object encode;
  py::object call_wsgi;
  py::object find_interface;
  py::object with_interface;
  py::object describe;
  py::object exit_status;
  py::object flush;
  py::object report_failure;
  py::object adopt;
  py::object loop;  // event_loop.MainLoop or LoopThread.
};

Steps LoadSteps(const PythonOptions& options) {
  const py::object module = ImportEmbedded();
  const auto code_path = py::reinterpret_steal<py::object>(PyUnicode_DecodeFSDefaultAndSize(
      options.code_path.data(), static_cast<Py_ssize_t>(options.code_path.size())));
  if (!code_path) throw py::error_already_set();
  const py::object bound =
      module.attr("Steps")(code_path, ShapeName(options.context_shape), options.log_level,
                           FormatName(options.log_format), options.frame_logs, options.is_snapshot,
                           options.concurrent_limit, MakeWriteFunction());
  return {.begin = bound.attr("begin"),
          .load = bound.attr("load"),
          .encode = module.attr("encode"),
          .call_wsgi = module.attr("call_wsgi"),
          .find_interface = module.attr("find_interface"),
          .with_interface = module.attr("with_interface"),
          .describe = module.attr("describe"),
          .exit_status = module.attr("exit_status"),
          .flush = module.attr("flush"),
          .report_failure = module.attr("report_failure"),
          .adopt = bound.attr("adopt"),
          .loop = bound.attr("loop")};
}

/// One invocation in Python, from its context to its outcome, under the GIL.
class PythonCall {
 public:
  explicit PythonCall(const Steps& steps) : steps_(steps) {}

  Status Preload(const std::string& handler) {
    const Called loaded = Step(steps_.load, py::str(handler));
    Flush();
    if (!loaded.Raised()) return Ok();
    return Error{ErrorCode::kInvalidArgument, py::str(loaded.exception)};
  }

  Expected<LoadedFunction> Load(const std::string& handler,
                                const std::optional<FunctionInterface>& given) {
    const Called loaded = Step(steps_.load, py::str(handler));
    const Called found =
        loaded.Raised() ? loaded
        : given ? Step(steps_.with_interface, loaded.result, py::int_(static_cast<int>(*given)))
                : Step(steps_.find_interface, loaded.result);
    Flush();
    if (found.Raised()) return Error{ErrorCode::kInvalidArgument, py::str(found.exception)};
    const auto [interface, is_async] = found.result.cast<std::pair<int, bool>>();
    return LoadedFunction{.interface = static_cast<FunctionInterface>(interface),
                          .is_async = is_async};
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
    const py::dict meta = MetaOf(invocation);
    const Called context = Step(steps_.begin, meta);
    if (context.Raised()) return Describe(context);
    const Called handler = Step(steps_.load, meta["handler"]);
    if (handler.Raised()) return Describe(handler);
    const py::bytes body(std::exchange(event, {}));
    const bool is_hook = invocation.type != InvocationType::kInvoke;
    if (!is_hook && invocation.http_params) {
      const py::bytes params(*invocation.http_params);
      return Posted(
          Step(steps_.call_wsgi, handler.result, params, body, context.result, meta["handler"]));
    }
    const Called result =
        is_hook ? Step(handler.result, context.result) : Step(handler.result, body, context.result);
    if (result.Raised()) return Describe(result);
    if (IsCoroutine(result.result)) return Await(invocation, result.result, reply);
    return Encode(result.result);
  }

  Outcome Encode(const py::object& result) {
    const Called encoded = Step(steps_.encode, result);
    if (encoded.Raised()) return Describe(encoded);
    return Response{.body = BytesOf(encoded.result), .http_params = {}};
  }

  /// Of what call_wsgi answers.
  Outcome Posted(const Called& called) {
    if (called.Raised()) return Describe(called);
    const py::tuple pair = called.result;
    Response response{.body = BytesOf(pair[0]), .http_params = {}};
    const py::object params = pair[1];
    if (!params.is_none()) response.http_params = BytesOf(params);
    return response;
  }

  /// At one invocation at a time here and now; above that in the loop's thread, which answers.
  std::optional<Outcome> Await(const Invocation& invocation, const py::object& coroutine,
                               Reply& reply) {
    reply.EndsItselfAtDeadline();
    const py::object deadline = MonotonicSeconds(invocation.deadline);
    const std::int64_t timeout_s = invocation.function.timeout_s;
    if (py::hasattr(steps_.loop, "run")) {
      const Called ended = Step(steps_.loop.attr("run"), coroutine, deadline);
      if (ended.Raised()) return Describe(ended);
      const py::tuple pair = ended.result;
      return Conclude(static_cast<CoroutineEnd>(pair[0].cast<int>()), pair[1], timeout_s);
    }
    Flush();  // From here on the answer may be under way.
    const py::object answer =
        AnswerLater(std::move(reply),
                    [call = *this, timeout_s](CoroutineEnd end, const py::object& value) mutable {
                      Outcome outcome = call.Conclude(end, value, timeout_s);
                      call.Flush();
                      return outcome;
                    });
    (void)CallPython(steps_.loop.attr("submit"), coroutine, deadline, answer);
    return std::nullopt;
  }

  Outcome Conclude(CoroutineEnd end, const py::object& value, std::int64_t timeout_s) {
    switch (end) {
      case CoroutineEnd::kFinished:
        return Encode(value);
      case CoroutineEnd::kFailed:
        return Describe({.result = {}, .exception = value});
      case CoroutineEnd::kTimedOut:
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
    if (process_.WasLeft()) EndForkedChild(called, steps_.exit_status, steps_.flush);
    return called;
  }

  Failure Describe(const Called& called) {
    const Called described = CallPython(steps_.describe, called.exception);
    if (described.Raised()) {
      return MakeFailure(Py_TYPE(called.exception.ptr())->tp_name, "The exception cannot be shown");
    }
    const py::tuple pair = described.result;
    return {.type = BytesOf(pair[0]), .document = BytesOf(pair[1])};
  }

  /// What a signal handler of the user's raised between two invocations is neither's answer.
  static void ReportPendingSignals() {
    if (PyErr_CheckSignals() != 0) PyErr_WriteUnraisable(nullptr);
  }

  void Flush() {
    (void)CallPython(steps_.flush);
    (void)std::fflush(stdout);
  }

  const Steps& steps_;
  const ThisProcess process_;
};

class PythonHandler final : public TemplateHandler {
 public:
  explicit PythonHandler(PythonOptions options) : options_(std::move(options)) {}

  ~PythonHandler() override {
    const Gil gil;
    if (steps_) (void)CallPython(steps_->loop.attr("close"));
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
    return PythonCall(*steps_).Load(handler, options_.interface);
  }

  void ServeInForkedProcess() override {
    const Gil gil;
    if (steps_) (void)CallPython(steps_->adopt);
  }

  void Handle(Invocation invocation, Reply reply) override {
    std::optional<Outcome> outcome = Answer(invocation, reply);
    if (outcome) std::move(reply).Send(*std::move(outcome));
  }

 private:
  std::optional<Outcome> Answer(Invocation& invocation, Reply& reply) {
    auto event = WholeBody(invocation);
    if (!event) return wire::EventTruncated();
    if (const auto loaded = LoadOwnModules(); !loaded) {
      return MakeFailure("RuntimeStartError", loaded.error().message);
    }
    const Gil gil;
    return PythonCall(*steps_).Run(invocation, *std::move(event), reply);
  }

  const PythonOptions options_;
  std::optional<Steps> steps_;
};

}  // namespace

Expected<std::unique_ptr<TemplateHandler>> MakePythonHandler(const PythonOptions& options) {
  auto handler = std::make_unique<PythonHandler>(options);
  // `threading` takes the thread that imports it for the main one: not a slot's.
  if (options.load_own_modules == LoadOwnModules::kAtOnce || options.concurrent_limit > 1) {
    if (const auto loaded = handler->LoadOwnModules(); !loaded) return loaded.error();
  }
  return std::unique_ptr<TemplateHandler>(std::move(handler));
}

}  // namespace openfc::python
