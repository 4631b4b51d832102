#include "lang/python/aws_handler.h"

#include "lang/python/call_python.h"
#include "lang/python/event_body.h"
#include "lang/python/import_embedded.h"
#include "lang/python/interpreter/gil.h"
#include "lang/python/text.h"
#include "lang/python/this_process.h"
#include "runtime/wire/fault.h"
#include "runtime/wire/routes.h"

#include <pybind11/pybind11.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace openfc::python {

namespace py = pybind11;

namespace {

/// The functions of py/aws_invoke.py and the user's handler. Made and dropped under the GIL.
struct AwsSteps {
  py::object begin;
  py::object decode;
  py::object encode;
  py::object describe;
  py::object exit_status;
  py::object leave;
  py::object flush;
  py::object handler;
};

py::dict MetaOf(const Invocation& invocation) {
  py::dict meta;
  meta["request_id"] = Text(invocation.request_id);
  meta["trace_id"] = Text(invocation.trace_id);
  meta["function_arn"] = Text(invocation.lambda.invoked_function_arn);
  meta["client_context"] = Text(invocation.lambda.client_context);
  meta["cognito_identity"] = Text(invocation.lambda.cognito_identity);
  meta["tenant_id"] = Text(invocation.lambda.tenant_id);
  meta["deadline_ms"] = invocation.lambda.deadline_ms;
  return meta;
}

void Flush(const AwsSteps& steps) {
  (void)CallPython(steps.flush);
  (void)std::fflush(stdout);
}

/// What plain Python would do with it at its top: the end of the process.
[[noreturn]] void Leave(const AwsSteps& steps, const Called& called) {
  const Called left = CallPython(steps.leave, called.exception);
  (void)std::fflush(stdout);
  ::_exit(left.Raised() ? 1 : left.result.cast<int>());
}

bool IsException(const Called& called) {
  return PyErr_GivenExceptionMatches(called.exception.ptr(), PyExc_Exception) != 0;
}

/// Whatever runs user code may come back in a process that user code forked.
class ForkGuard {
 public:
  void EndIfForked(const AwsSteps& steps, const Called& called) const {
    if (process_.WasLeft()) EndForkedChild(called, steps.exit_status, steps.flush);
  }

 private:
  const ThisProcess process_;
};

/// What an exception is answered with.
struct Description {
  Failure failure;
  std::string trace_cause;
};

Description Describe(const AwsSteps& steps, const Called& called, const std::string& request_id) {
  if (!IsException(called)) Leave(steps, called);
  const Called described = CallPython(steps.describe, called.exception, Text(request_id));
  if (described.Raised()) Leave(steps, described);
  const py::tuple parts = described.result;
  return {.failure = {.type = BytesOf(parts[0]), .document = BytesOf(parts[1])},
          .trace_cause = BytesOf(parts[2])};
}

/// One invocation in Python, from its context to its outcome, under the GIL.
class AwsCall {
 public:
  AwsCall(const AwsSteps& steps, const Invocation& invocation)
      : steps_(steps), invocation_(invocation) {}

  Outcome Run(std::string event) {
    Outcome outcome = Call(std::move(event));
    Flush(steps_);
    return outcome;
  }

 private:
  Outcome Call(std::string event) {
    const Called context = Step(steps_.begin, MetaOf(invocation_));
    if (context.Raised()) return Fail(context);
    const Called value = Step(steps_.decode, py::bytes(std::exchange(event, {})),
                              Text(invocation_.lambda.content_type));
    if (value.Raised()) return Fail(value);
    const Called result = Step(steps_.handler, value.result, context.result);
    if (result.Raised()) return Fail(result);
    const Called encoded = Step(steps_.encode, result.result);
    if (encoded.Raised()) return Fail(encoded);
    const py::tuple parts = encoded.result;
    return Response{.body = BytesOf(parts[0]),
                    .content_type = parts[1].cast<std::string>(),
                    .headers = Headers()};
  }

  template <typename... Arguments>
  Called Step(const py::object& callable, const Arguments&... arguments) {
    Called called = CallPython(callable, arguments...);
    guard_.EndIfForked(steps_, called);
    return called;
  }

  Failure Fail(const Called& called) {
    Description description = Describe(steps_, called, invocation_.request_id);
    description.failure.headers = Headers();
    if (!description.trace_cause.empty()) {
      description.failure.headers.emplace_back(wire::kTraceCauseHeader, description.trace_cause);
    }
    return std::move(description.failure);
  }

  /// What every answer of this invocation carries.
  std::vector<std::pair<std::string, std::string>> Headers() const {
    if (invocation_.lambda.invocation_id.empty()) return {};
    return {{std::string(wire::kInvocationIdHeader), invocation_.lambda.invocation_id}};
  }

  const AwsSteps& steps_;
  const Invocation& invocation_;
  const ForkGuard guard_;
};

class AwsHandler final : public Handler {
 public:
  explicit AwsHandler(AwsSteps steps) : steps_(std::move(steps)) {}

  ~AwsHandler() override {
    const Gil gil;
    steps_.reset();
  }

  void Handle(Invocation invocation, Reply reply) override {
    Outcome outcome = Answer(invocation);
    std::move(reply).Send(std::move(outcome));
  }

 private:
  Outcome Answer(Invocation& invocation) {
    auto event = WholeBody(invocation);
    if (!event) return wire::EventTruncated(Dialect::kAws);
    const Gil gil;
    return AwsCall(*steps_, invocation).Run(*std::move(event));
  }

  std::optional<AwsSteps> steps_;
};

AwsSteps LoadSteps(const AwsOptions& options, py::object& load) {
  const py::object module = ImportEmbedded(EmbeddedAwsModules());
  const py::object log_fd = options.log_fd ? py::object(py::int_(*options.log_fd)) : py::none();
  const py::object bound =
      module.attr("Steps")(options.log_is_json, options.log_level, log_fd, options.keeps_unicode);
  load = module.attr("load");
  return {.begin = bound.attr("begin"),
          .decode = bound.attr("decode"),
          .encode = bound.attr("encode"),
          .describe = bound.attr("describe"),
          .exit_status = module.attr("exit_status"),
          .leave = module.attr("leave"),
          .flush = module.attr("flush"),
          .handler = py::none()};
}

}  // namespace

Expected<AwsFunction> MakeAwsHandler(const AwsOptions& options) try {
  const Gil gil;
  py::object load;
  AwsSteps steps = LoadSteps(options, load);
  const ForkGuard guard;
  const Called loaded = CallPython(load, Text(options.handler));
  guard.EndIfForked(steps, loaded);
  Flush(steps);
  if (loaded.Raised()) return AwsFunction(Describe(steps, loaded, "").failure);
  steps.handler = loaded.result;
  return AwsFunction(std::make_unique<AwsHandler>(std::move(steps)));
} catch (const py::error_already_set& error) {
  return Error{ErrorCode::kSystem,
               std::string("the runtime's own Python modules cannot be loaded: ") + error.what()};
}

}  // namespace openfc::python
