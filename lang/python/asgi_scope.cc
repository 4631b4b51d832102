#include "lang/python/asgi_scope.h"

#include "lang/python/dict_key.h"
#include "lang/python/request_paths.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>

namespace openfc::python {

namespace py = pybind11;

namespace {

struct Keys {
  DictKey asgi{"asgi"};
  DictKey client{"client"};
  DictKey extensions{"extensions"};
  DictKey headers{"headers"};
  DictKey http_version{"http_version"};
  DictKey method{"method"};
  DictKey path{"path"};
  DictKey query_string{"query_string"};
  DictKey raw_path{"raw_path"};
  DictKey root_path{"root_path"};
  DictKey scheme{"scheme"};
  DictKey server{"server"};
  DictKey subprotocols{"subprotocols"};
  DictKey type{"type"};
};

py::dict Versions() {
  py::dict versions;
  versions["version"] = "3.0";
  versions["spec_version"] = "2.3";
  return versions;
}

/// A refused WebSocket may be answered by a response of the application's own.
py::dict SocketExtensions() {
  py::dict extensions;
  extensions["websocket.http.response"] = py::dict();
  return extensions;
}

/// Values that most scopes have in common; never changed.
struct Constants {
  KeptObject http{py::str("http")};
  KeptObject websocket{py::str("websocket")};
  KeptObject ws{py::str("ws")};
  KeptObject one_one{py::str("1.1")};
  KeptObject one_zero{py::str("1.0")};
  KeptObject versions{Versions()};
};

py::object CopyOf(const py::object& dict) {
  return py::reinterpret_steal<py::object>(PyDict_Copy(dict.ptr()));
}

py::object TextOf(std::string_view bytes) {
  return py::reinterpret_steal<py::object>(
      PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "replace"));
}

py::object BytesObject(std::string_view bytes) {
  return py::reinterpret_steal<py::object>(
      PyBytes_FromStringAndSize(bytes.data(), static_cast<Py_ssize_t>(bytes.size())));
}

char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), Lower);
  return lowered;
}

py::object HeadersOf(const HttpRequest& request) {
  py::list headers(request.headers.size());
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const auto& [name, value] = request.headers[i];
    PyObject* pair = PyTuple_New(2);
    if (pair == nullptr) throw py::error_already_set();
    PyTuple_SET_ITEM(pair, 0, BytesObject(Lowered(name)).release().ptr());
    PyTuple_SET_ITEM(pair, 1, BytesObject(value).release().ptr());
    PyList_SET_ITEM(headers.ptr(), static_cast<Py_ssize_t>(i), pair);
  }
  return headers;
}

py::object AddressOf(const std::string& address, std::uint16_t port) {
  if (address.empty()) return py::none();
  return py::make_tuple(TextOf(address), port);
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// In the order in which the client offers them.
py::object SubprotocolsOf(const HttpRequest& request) {
  py::list offered;
  for (const auto& [name, value] : request.headers) {
    if (Lowered(name) != "sec-websocket-protocol") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      const std::string_view one = Trimmed(rest.substr(0, comma));
      if (!one.empty()) offered.append(TextOf(one));
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
  }
  return offered;
}

}  // namespace

py::dict AsgiScope(const Invocation& invocation) {
  static const Keys keys;
  static const Constants constants;
  const HttpRequest& request = *invocation.http;
  const RequestPaths paths = PathsOf(request);
  py::dict scope;
  keys.type.Set(scope, (request.wants_websocket ? constants.websocket : constants.http).get());
  keys.asgi.Set(scope, CopyOf(constants.versions.get()));
  keys.http_version.Set(scope,
                        (request.is_http_1_0 ? constants.one_zero : constants.one_one).get());
  keys.server.Set(scope, AddressOf(request.server_address, request.server_port));
  keys.client.Set(scope, AddressOf(request.client_address, request.client_port));
  keys.scheme.Set(scope, (request.wants_websocket ? constants.ws : constants.http).get());
  keys.root_path.Set(scope, TextOf(paths.root));
  keys.path.Set(scope, TextOf(paths.root + paths.path));
  keys.raw_path.Set(scope, BytesObject(paths.raw_path));
  keys.query_string.Set(scope, BytesObject(paths.query));
  keys.headers.Set(scope, HeadersOf(request));
  if (request.wants_websocket) {
    keys.subprotocols.Set(scope, SubprotocolsOf(request));
    keys.extensions.Set(scope, SocketExtensions());
  } else {
    keys.method.Set(scope, TextOf(request.method));
  }
  return scope;
}

}  // namespace openfc::python
