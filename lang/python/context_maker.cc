#include "lang/python/context_maker.h"

namespace openfc::python {

namespace py = pybind11;

namespace {

/// An attribute's name, made once and kept for good: the interpreter ends with the process.
class Name {
 public:
  explicit Name(const char* text) : text_(PyUnicode_InternFromString(text)) {
    if (text_ == nullptr) throw py::error_already_set();
  }

  PyObject* ptr() const { return text_; }

 private:
  PyObject* text_;
};

struct Names {
  Name request_id_camel{"requestId"};
  Name request_id{"request_id"};
  Name credentials{"credentials"};
  Name function{"function"};
  Name service{"service"};
  Name region{"region"};
  Name account_id{"account_id"};
  Name retry_count{"retry_count"};
  Name tracing{"tracing"};
  Name logger{"logger"};
  Name logging{"logging"};
  Name access_key_id_camel{"accessKeyId"};
  Name access_key_id{"access_key_id"};
  Name access_key_secret_camel{"accessKeySecret"};
  Name access_key_secret{"access_key_secret"};
  Name security_token_camel{"securityToken"};
  Name security_token{"security_token"};
  Name name{"name"};
  Name handler{"handler"};
  Name memory{"memory"};
  Name timeout{"timeout"};
  Name log_project{"log_project"};
  Name log_store{"log_store"};
  Name qualifier{"qualifier"};
  Name version_id{"version_id"};
  Name span_context{"span_context"};
  Name span_baggages{"span_baggages"};
  Name jaeger_endpoint{"jaeger_endpoint"};
  Name root{"root"};
};

const Names& AllNames() {
  static const Names names;
  return names;
}

/// What `type.__new__(type)` gives: the classes have no __init__.
py::object New(const py::object& type, const py::tuple& no_arguments) {
  auto* const made = reinterpret_cast<PyTypeObject*>(type.ptr());
  PyObject* const object = made->tp_new(made, no_arguments.ptr(), nullptr);
  if (object == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(object);
}

/// setattr() for a name that is interned already.
void Set(const py::object& object, const Name& name, py::handle value) {
  const auto set = Py_TYPE(object.ptr())->tp_setattro;
  if (set(object.ptr(), name.ptr(), value.ptr()) != 0) throw py::error_already_set();
}

/// Null while nobody has imported logging, or not all of it.
py::object RootLoggerIfThere() {
  const auto logging =
      py::reinterpret_steal<py::object>(PyImport_GetModule(AllNames().logging.ptr()));
  auto root = py::reinterpret_steal<py::object>(
      logging ? PyObject_GetAttr(logging.ptr(), AllNames().root.ptr()) : nullptr);
  if (!root) PyErr_Clear();
  return root;
}

}  // namespace

ContextMaker::ContextMaker(const py::tuple& parts, Shape shape)
    : shape_(shape),
      context_class_(parts[0]),
      credentials_class_(parts[1]),
      function_class_(parts[2]),
      service_class_(parts[3]),
      tracing_class_(parts[4]),
      decode_baggages_(parts[5]) {}

py::object ContextMaker::Make(const Invocation& invocation, py::handle request_id,
                              py::handle logger) {
  const Names& names = AllNames();
  py::object context = New(context_class_, no_arguments_);
  Set(context, names.request_id_camel, request_id);
  Set(context, names.request_id, request_id);
  Set(context, names.credentials, MakeCredentials(invocation.credentials));
  Set(context, names.function, MakeFunction(invocation));
  Set(context, names.service, MakeService(invocation.service));
  Set(context, names.region, region_.Of(invocation.region));
  Set(context, names.account_id, account_id_.Of(invocation.account_id));
  Set(context, names.retry_count, py::int_(invocation.retry_count));
  Set(context, names.tracing, MakeTracing(invocation.tracing));
  if (logger || shape_ == Shape::kOlder) {
    Set(context, names.logger, logger ? logger : py::handle(Py_None));
  } else if (const py::object root = RootLoggerIfThere()) {
    Set(context, names.logger, root);
  }
  if (shape_ == Shape::kOlder) return context;
  Set(context, names.log_project, service_.log_project.Of(invocation.service.log_project));
  Set(context, names.log_store, service_.log_store.Of(invocation.service.log_store));
  return context;
}

py::object ContextMaker::MakeCredentials(const Credentials& credentials) {
  const Names& names = AllNames();
  py::object made = New(credentials_class_, no_arguments_);
  const py::object id = credentials_.access_key_id.Of(credentials.access_key_id);
  Set(made, names.access_key_id_camel, id);
  Set(made, names.access_key_id, id);
  const py::object secret = credentials_.access_key_secret.Of(credentials.access_key_secret);
  Set(made, names.access_key_secret_camel, secret);
  Set(made, names.access_key_secret, secret);
  const py::object token = credentials_.security_token.Of(credentials.security_token);
  Set(made, names.security_token_camel, token);
  Set(made, names.security_token, token);
  return made;
}

py::object ContextMaker::MakeFunction(const Invocation& invocation) {
  const Names& names = AllNames();
  const FunctionMeta& function = invocation.function;
  py::object made = New(function_class_, no_arguments_);
  Set(made, names.name, function_.name.Of(function.name));
  Set(made, names.handler, function_.handler.Of(function.handler));
  Set(made, names.memory, py::int_(function.memory_mb));
  Set(made, names.timeout, py::int_(function.timeout_s));
  if (shape_ == Shape::kOlder) return made;
  Set(made, names.version_id, service_.version_id.Of(invocation.service.version_id));
  Set(made, names.qualifier, service_.qualifier.Of(invocation.service.qualifier));
  return made;
}

py::object ContextMaker::MakeService(const ServiceMeta& service) {
  const Names& names = AllNames();
  py::object made = New(service_class_, no_arguments_);
  Set(made, names.name, service_.name.Of(service.name));
  Set(made, names.log_project, service_.log_project.Of(service.log_project));
  Set(made, names.log_store, service_.log_store.Of(service.log_store));
  Set(made, names.qualifier, service_.qualifier.Of(service.qualifier));
  Set(made, names.version_id, service_.version_id.Of(service.version_id));
  return made;
}

py::object ContextMaker::MakeTracing(const TracingMeta& tracing) {
  const Names& names = AllNames();
  py::object made = New(tracing_class_, no_arguments_);
  Set(made, names.span_context, tracing_.span_context.Of(tracing.span_context));
  Set(made, names.span_baggages,
      tracing.span_baggages.empty() ? py::dict() : decode_baggages_(Text(tracing.span_baggages)));
  Set(made, names.jaeger_endpoint, tracing_.jaeger_endpoint.Of(tracing.jaeger_endpoint));
  return made;
}

}  // namespace openfc::python
