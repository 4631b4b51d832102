#pragma once

#include "runtime/invoke/handler.h"

#include <string>

namespace openfc::bootstrap {

/// For an instance that starts from a snapshot (FC_SNAPSHOT_FLAG=1): it waits in `/`, and enters
/// the code folder when the first invocation comes (fc-runtime-api.md, section 2).
class SnapshotHandler final : public Handler {
 public:
  /// `handler` must outlive this object.
  SnapshotHandler(Handler& handler, std::string code_path);

  void Handle(Invocation invocation, Reply reply) override;

 private:
  Handler& handler_;
  const std::string code_path_;
  bool has_entered_ = false;
};

}  // namespace openfc::bootstrap
