#include "lang/python/invocation_meta.h"

#include "lang/python/text.h"

namespace openfc::python {

namespace py = pybind11;

namespace {

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
  py::dict meta;
  meta["request_id"] = Text(invocation.request_id);
  meta["handler"] = Text(invocation.function.handler);
  meta["credentials"] = CredentialsOf(invocation.credentials);
  meta["function"] = FunctionOf(invocation.function);
  meta["service"] = ServiceOf(invocation.service);
  meta["instance_id"] = Text(invocation.instance_id);
  meta["region"] = Text(invocation.region);
  meta["account_id"] = Text(invocation.account_id);
  meta["retry_count"] = invocation.retry_count;
  meta["tracing"] = TracingOf(invocation.tracing);
  return meta;
}

}  // namespace openfc::python
