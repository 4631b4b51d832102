#include "lang/python/invocation_meta.h"

#include "lang/python/text.h"

namespace openfc::python {

namespace py = pybind11;

namespace {

/// A dict's key, made once and kept for good: the interpreter ends with the process.
class Key {
 public:
  explicit Key(const char* text) : text_(PyUnicode_InternFromString(text)) {
    if (text_ == nullptr) throw py::error_already_set();
  }

  void Set(py::dict& dict, const py::object& value) const {
    if (PyDict_SetItem(dict.ptr(), text_, value.ptr()) != 0) throw py::error_already_set();
  }

 private:
  PyObject* text_;
};

/// Of MetaOf()'s dict.
struct Keys {
  Key request_id{"request_id"};
  Key handler{"handler"};
  Key credentials{"credentials"};
  Key function{"function"};
  Key service{"service"};
  Key instance_id{"instance_id"};
  Key region{"region"};
  Key account_id{"account_id"};
  Key retry_count{"retry_count"};
  Key tracing{"tracing"};
};

py::tuple CredentialsOf(const Credentials& credentials) {
  return py::make_tuple(Text(credentials.access_key_id), Text(credentials.access_key_secret),
                        Text(credentials.security_token));
}

py::tuple FunctionOf(const FunctionMeta& function) {
  return py::make_tuple(Text(function.name), Text(function.handler), function.memory_mb,
                        function.timeout_s);
}

py::tuple ServiceOf(const ServiceMeta& service) {
  return py::make_tuple(Text(service.name), Text(service.log_project), Text(service.log_store),
                        Text(service.qualifier), Text(service.version_id));
}

py::tuple TracingOf(const TracingMeta& tracing) {
  return py::make_tuple(Text(tracing.span_context), Text(tracing.span_baggages),
                        Text(tracing.jaeger_endpoint));
}

}  // namespace

py::dict MetaOf(const Invocation& invocation) {
  static const Keys keys;
  py::dict meta;
  keys.request_id.Set(meta, Text(invocation.request_id));
  keys.handler.Set(meta, Text(invocation.function.handler));
  keys.credentials.Set(meta, CredentialsOf(invocation.credentials));
  keys.function.Set(meta, FunctionOf(invocation.function));
  keys.service.Set(meta, ServiceOf(invocation.service));
  keys.instance_id.Set(meta, Text(invocation.instance_id));
  keys.region.Set(meta, Text(invocation.region));
  keys.account_id.Set(meta, Text(invocation.account_id));
  keys.retry_count.Set(meta, py::int_(invocation.retry_count));
  keys.tracing.Set(meta, TracingOf(invocation.tracing));
  return meta;
}

}  // namespace openfc::python
