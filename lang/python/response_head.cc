#include "lang/python/response_head.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace openfc::python {

namespace py = pybind11;

namespace {

constexpr int kFirstFinalStatus = 200;
constexpr int kLastStatus = 999;

constexpr std::array<std::string_view, 8> kOfTheConnection = {
    "connection", "keep-alive", "proxy-connection",  "te",
    "trailer",    "trailers",   "transfer-encoding", "upgrade"};

[[noreturn]] void Raise(PyObject* type, const std::string& what) {
  PyErr_SetString(type, what.c_str());
  throw py::error_already_set();
}

std::string_view BytesIn(PyObject* bytes) {
  return {PyBytes_AS_STRING(bytes), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes))};
}

std::string Part(PyObject* part) {
  if (PyBytes_Check(part)) return std::string(BytesIn(part));
  if (PyUnicode_Check(part)) {
    const auto encoded = py::reinterpret_steal<py::object>(PyUnicode_AsLatin1String(part));
    if (!encoded) throw py::error_already_set();
    return std::string(BytesIn(encoded.ptr()));
  }
  Raise(PyExc_TypeError, std::string("a response header is of type ") + Py_TYPE(part)->tp_name +
                             ", but must be bytes or str");
}

bool IsTokenCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte <= ' ' || byte >= 0x7F) return false;
  return std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
}

void CheckName(std::string_view name) {
  if (!name.empty() && std::all_of(name.begin(), name.end(), IsTokenCharacter)) return;
  Raise(PyExc_ValueError, "a response header has a name that is no HTTP token");
}

void CheckValue(const std::string& name, std::string_view value) {
  if (value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos) return;
  Raise(PyExc_ValueError, "the response header " + name + " has a line break in its value");
}

bool IsOfTheConnection(std::string_view name) {
  const auto same = [name](std::string_view other) {
    return std::equal(name.begin(), name.end(), other.begin(), other.end(), [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) == b;
    });
  };
  return std::any_of(kOfTheConnection.begin(), kOfTheConnection.end(), same);
}

std::pair<std::string, std::string> HeaderOf(PyObject* pair) {
  const auto parts = py::reinterpret_steal<py::object>(
      PySequence_Fast(pair, "a response header must be a pair of a name and a value"));
  if (!parts) throw py::error_already_set();
  if (PySequence_Fast_GET_SIZE(parts.ptr()) != 2) {
    Raise(PyExc_ValueError, "a response header must be a pair of a name and a value");
  }
  std::string name = Part(PySequence_Fast_GET_ITEM(parts.ptr(), 0));
  std::string value = Part(PySequence_Fast_GET_ITEM(parts.ptr(), 1));
  CheckName(name);
  CheckValue(name, value);
  return {std::move(name), std::move(value)};
}

}  // namespace

StreamHead ResponseHead(int status, py::handle headers) {
  if (status < kFirstFinalStatus || status > kLastStatus) {
    Raise(PyExc_ValueError, "a response cannot have the status " + std::to_string(status));
  }
  const auto list = py::reinterpret_steal<py::object>(
      PySequence_Fast(headers.ptr(), "the response headers must be an iterable of pairs"));
  if (!list) throw py::error_already_set();
  StreamHead head{.status = status, .headers = {}};
  const Py_ssize_t count = PySequence_Fast_GET_SIZE(list.ptr());
  head.headers.reserve(static_cast<std::size_t>(count));
  for (Py_ssize_t i = 0; i < count; ++i) {
    auto header = HeaderOf(PySequence_Fast_GET_ITEM(list.ptr(), i));
    if (!IsOfTheConnection(header.first)) head.headers.push_back(std::move(header));
  }
  return head;
}

}  // namespace openfc::python
