#pragma once

#include "emulator/function_definition.h"
#include "emulator/variables.h"
#include "runtime/base/error.h"

#include <optional>
#include <string>
#include <vector>

namespace openfc::emulator {

/// What is wanted of a s.yaml.
struct ServiceFileQuery {
  std::string path;
  std::string function = {};  // A key of resources (services), or a function's name; empty: any.

  // Given elsewhere, and therefore not asked of the file.
  std::optional<std::string> code_path = {};
  std::optional<std::string> handler = {};
  bool has_own_runtime = false;  // A program of the user's takes the runtime's place.
};

struct ServiceFunction {
  FunctionDefinition definition = {};
  std::vector<std::string> without_effect = {};  // Paths of keys that change nothing here.
  std::vector<std::string> notices = {};         // Sentences on what is otherwise on the platform.
};

/// Reads one function from the file that Serverless Devs deploys from: edition 3 (component fc3) or
/// 1 (component fc). kInvalidArgument with a sentence that names the file, and the line and the
/// key's path where there is one; so too when no function is named and the file has several.
Expected<ServiceFunction> ReadServiceFile(const ServiceFileQuery& query,
                                          const Variables& environment);

/// Reads every function of the file, in its order; the one alone that `query` names, if it does.
/// Keys of the file itself that change nothing are with the first. Refuses two functions of one
/// name, and whatever one of them is refused for.
Expected<std::vector<ServiceFunction>> ReadServiceFunctions(const ServiceFileQuery& query,
                                                            const Variables& environment);

}  // namespace openfc::emulator
