#pragma once

#include "runtime/base/error.h"
#include "sandbox/isolation/verify.h"

#include <string>

namespace openfc::sandbox {

/// The words of an operator on isolation, as they were given.
struct IsolationWords {
  std::string profile = "auto";
  std::string allow_missing = {};  // P6,P8
};

/// kInvalidArgument with the word that is none.
Expected<IsolationChoice> ParseIsolation(const IsolationWords& words);

}  // namespace openfc::sandbox
