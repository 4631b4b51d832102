#include "bootstrap/snapshot_handler.h"

#include "runtime/base/error.h"
#include "runtime/base/log.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace openfc::bootstrap {

SnapshotHandler::SnapshotHandler(Handler& handler, std::string code_path)
    : handler_(handler), code_path_(std::move(code_path)) {}

void SnapshotHandler::Handle(Invocation invocation, Reply reply) {
  if (!std::exchange(has_entered_, true) && ::chdir(code_path_.c_str()) != 0) {
    LogError("code_folder_not_entered cause=\"{}\"", SystemError(code_path_, errno).message);
  }
  handler_.Handle(std::move(invocation), std::move(reply));
}

}  // namespace openfc::bootstrap
