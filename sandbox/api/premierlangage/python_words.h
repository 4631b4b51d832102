#pragma once

#include <string>
#include <string_view>

namespace openfc::sandbox {

// The words of the original's answers, which is a program in Python.

/// `<class 'str'>`, as Python has the type of what json.loads() makes of a text, which is JSON.
std::string PythonTypeOf(std::string_view json);

/// The same as str() and repr() have it.
std::string PythonStr(std::string_view json);
std::string PythonRepr(std::string_view json);

std::string PythonFloat(double number);

/// Without the white space at both ends, Unicode's too: str.strip() of UTF-8.
std::string_view Stripped(std::string_view text);

}  // namespace openfc::sandbox
