#pragma once

#include "lang/python/interpreter/interpreter.h"
#include "lang/python/python_handler.h"
#include "runtime/base/error.h"
#include "runtime/config/runtime_config.h"
#include "runtime/invoke/handler.h"
#include "runtime/invoke/reply.h"

#include <cstddef>
#include <memory>
#include <optional>

namespace openfc::bootstrap {

/// The language of this instance, as the environment wants it.
struct Python {
  std::unique_ptr<python::Interpreter> interpreter;
  std::unique_ptr<Handler> handler;                     // Ends before the interpreter does.
  python::TemplateHandler* template_handler = nullptr;  // The same, but in AWS's dialect.
  std::optional<Failure> failure;  // There is no handler: the function cannot be imported.
};

/// Enters the code folder and starts the interpreter in the calling thread. `workers` are to be
/// forked from this process, if there is more than one.
Expected<Python> StartPython(const RuntimeConfig& config, std::size_t workers, const char* argv0);

}  // namespace openfc::bootstrap
