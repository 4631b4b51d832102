#pragma once

#include "lang/python/python_handler.h"

#include <string>

namespace openfc::bootstrap {

/// Makes this process one to fork workers from: imports the module of `module.function` (empty: the
/// first invocation of each worker does), and moves what is there out of the garbage collector's
/// sight, so that its memory stays shared. Warns of threads and sockets that the import has left:
/// no worker has the one, and all have the same other. That the module cannot be imported is logged
/// here, and each worker's first invocation answers for it.
void PrepareTemplate(python::TemplateHandler& handler, const std::string& function);

}  // namespace openfc::bootstrap
