#pragma once

#include <pybind11/pybind11.h>

#include <optional>
#include <string>

namespace openfc::python {

/// A str of bytes that are UTF-8; those that are not come as surrogates. Throws
/// pybind11::error_already_set. Needs the GIL, as does the next.
pybind11::object Text(const std::string& bytes);

/// The bytes of a Python bytes object.
std::string BytesOf(const pybind11::object& bytes);

/// The bytes of a bytes object, or a str's in UTF-8; nothing for any other object, and for a str
/// with surrogates.
std::optional<std::string> PlainBytesOf(const pybind11::object& object);

}  // namespace openfc::python
