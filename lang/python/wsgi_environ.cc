#include "lang/python/wsgi_environ.h"

#include "lang/python/dict_key.h"
#include "lang/python/request_paths.h"

#include <cctype>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace openfc::python {

namespace py = pybind11;

namespace {

struct Keys {
  DictKey content_length{"CONTENT_LENGTH"};
  DictKey path_info{"PATH_INFO"};
  DictKey query_string{"QUERY_STRING"};
  DictKey remote_addr{"REMOTE_ADDR"};
  DictKey remote_port{"REMOTE_PORT"};
  DictKey request_method{"REQUEST_METHOD"};
  DictKey request_uri{"fc.request_uri"};
  DictKey script_name{"SCRIPT_NAME"};
  DictKey server_name{"SERVER_NAME"};
  DictKey server_port{"SERVER_PORT"};
  DictKey server_protocol{"SERVER_PROTOCOL"};
};

/// A str of one character per byte, as WSGI wants it.
py::object Native(std::string_view bytes) {
  auto text = py::reinterpret_steal<py::object>(
      PyUnicode_DecodeLatin1(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), nullptr));
  if (!text) throw py::error_already_set();
  return text;
}

/// HTTP_*, but for the two that have names without it.
std::string KeyOf(std::string_view name) {
  std::string key;
  key.reserve(name.size() + 5);
  for (const char c : name) {
    key += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return key == "CONTENT_TYPE" || key == "CONTENT_LENGTH" ? key : "HTTP_" + key;
}

void AddHeader(py::dict& environ, const std::string& name, const std::string& value) {
  if (name.find('_') != std::string::npos) return;
  const py::object key = Native(KeyOf(name));
  py::object text = Native(value);
  PyObject* known = PyDict_GetItemWithError(environ.ptr(), key.ptr());
  if (known != nullptr) {
    text = py::reinterpret_steal<py::object>(PyUnicode_FromFormat("%U,%U", known, text.ptr()));
  }
  if (!text || PyDict_SetItem(environ.ptr(), key.ptr(), text.ptr()) != 0) {
    throw py::error_already_set();
  }
}

void AddPlace(py::dict& environ, const Keys& keys, const HttpRequest& request) {
  const RequestPaths paths = PathsOf(request);
  keys.script_name.Set(environ, Native(paths.root));
  keys.path_info.Set(environ, Native(paths.path));
  keys.query_string.Set(environ, Native(paths.query));
  keys.request_uri.Set(environ, Native(request.target));
}

void AddEnds(py::dict& environ, const Keys& keys, const HttpRequest& request) {
  keys.server_name.Set(environ, Native(request.server_address));
  keys.server_port.Set(environ, Native(std::to_string(request.server_port)));
  keys.remote_addr.Set(environ, Native(request.client_address));
  keys.remote_port.Set(environ, Native(std::to_string(request.client_port)));
}

}  // namespace

py::dict WsgiEnviron(const Invocation& invocation, const py::dict& common) {
  static const Keys keys;
  const HttpRequest& request = *invocation.http;
  auto environ = py::reinterpret_steal<py::dict>(PyDict_Copy(common.ptr()));
  if (!environ) throw py::error_already_set();
  keys.request_method.Set(environ, Native(request.method));
  keys.server_protocol.Set(environ, Native(request.is_http_1_0 ? "HTTP/1.0" : "HTTP/1.1"));
  AddPlace(environ, keys, request);
  AddEnds(environ, keys, request);
  for (const auto& [name, value] : request.headers) AddHeader(environ, name, value);
  // Of a body that came in chunks there is no header; who sent neither has no length.
  const auto* whole = std::get_if<std::string>(&invocation.body);
  if (whole != nullptr && !whole->empty()) {
    keys.content_length.Set(environ, Native(std::to_string(whole->size())));
  }
  return environ;
}

}  // namespace openfc::python
