#pragma once

#include <string>

namespace openfc::emulator {

/// A document of nlohmann_json, which no header includes, as `--json` prints it: one line. What is
/// no UTF-8 is replaced.
template <typename Document>
std::string JsonLine(const Document& document) {
  return document.dump(-1, ' ', false, Document::error_handler_t::replace) + "\n";
}

}  // namespace openfc::emulator
