#include "runtime/base/error.h"

#include <system_error>

namespace openfc {

Error SystemError(const std::string& what, int error_number) {
  return Error{ErrorCode::kSystem, what + ": " + std::generic_category().message(error_number)};
}

}  // namespace openfc
