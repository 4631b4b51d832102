#include "lang/python/debugger.h"

#include "lang/python/import_embedded.h"
#include "lang/python/interpreter/gil.h"

#include <pybind11/pybind11.h>

#include <string>

namespace openfc::python {

Status AwaitDebugger(int port) try {
  const Gil gil;
  const auto reason = ImportEmbedded(EmbeddedDebugModules()).attr("wait")(port).cast<std::string>();
  if (reason.empty()) return Ok();
  return Error{ErrorCode::kInvalidArgument, reason};
} catch (const pybind11::error_already_set& error) {
  const Gil gil;
  return Error{ErrorCode::kInvalidArgument,
               std::string("the debugger cannot be waited for: ") + error.what()};
}

}  // namespace openfc::python
