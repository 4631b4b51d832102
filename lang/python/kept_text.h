#pragma once

#include "lang/python/text.h"

#include <string>
#include <utility>

namespace openfc::python {

/// Text() of a field that says the same in one invocation after the other: the str is made anew
/// only when the bytes are others. Used, and dropped, under the GIL.
class KeptText {
 public:
  pybind11::object Of(const std::string& bytes) {
    if (text_ && bytes_ == bytes) return text_;
    pybind11::object text = Text(bytes);  // May let other threads run: neither half stands yet.
    bytes_ = bytes;
    text_ = std::move(text);
    return text_;
  }

 private:
  std::string bytes_;
  pybind11::object text_;
};

}  // namespace openfc::python
