#pragma once

#include "lang/python/kept_text.h"
#include "runtime/invoke/invocation.h"

#include <pybind11/pybind11.h>

namespace openfc::python {

/// Makes the `context` of each invocation: objects of the classes in py/context.py, filled from
/// here because that is done every time and no Python code has to run for it. The objects are new
/// ones, which user code may change as it likes; the strings in them, which nobody can change, are
/// kept from one invocation to the next. Used, and dropped, under the GIL.
class ContextMaker {
 public:
  /// FC's runtimes up to Python 3.10 have kOlder; that of 3.12 is flatter and has a logger, and in
  /// ours the older fields stay readable beside it.
  enum class Shape { kOlder, kNewer };

  /// `parts` is PARTS of py/context.py.
  ContextMaker(const pybind11::tuple& parts, Shape shape);

  /// `logger` becomes the context's; null: none, or in the newer shape the root
  /// logger, which comes by itself where nobody has imported logging yet. Bytes of
  /// the invocation that are not UTF-8 come as surrogates.
  pybind11::object Make(const Invocation& invocation, pybind11::handle request_id,
                        pybind11::handle logger);

 private:
  struct CredentialTexts {
    KeptText access_key_id;
    KeptText access_key_secret;
    KeptText security_token;
  };
  struct FunctionTexts {
    KeptText name;
    KeptText handler;
  };
  struct ServiceTexts {
    KeptText name;
    KeptText log_project;
    KeptText log_store;
    KeptText qualifier;
    KeptText version_id;
  };
  struct TracingTexts {
    KeptText span_context;
    KeptText jaeger_endpoint;
  };

  pybind11::object MakeCredentials(const Credentials& credentials);
  pybind11::object MakeFunction(const Invocation& invocation);
  pybind11::object MakeService(const ServiceMeta& service);
  pybind11::object MakeTracing(const TracingMeta& tracing);

  const Shape shape_;
  const pybind11::object context_class_;
  const pybind11::object credentials_class_;
  const pybind11::object function_class_;
  const pybind11::object service_class_;
  const pybind11::object tracing_class_;
  const pybind11::object decode_baggages_;
  const pybind11::tuple no_arguments_;
  CredentialTexts credentials_;
  FunctionTexts function_;
  ServiceTexts service_;
  TracingTexts tracing_;
  KeptText region_;
  KeptText account_id_;
};

}  // namespace openfc::python
