#pragma once

#include "bootstrap/rloader/settings.h"
#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

namespace openfc::bootstrap {

/// The sockets of the HTTP mode. rloader owns them, so that connections queue while the runtime is
/// started anew; every runtime gets them handed down.
class ListeningSockets {
 public:
  /// None in the other modes. kInvalidArgument with a sentence when a port cannot be had.
  static Expected<ListeningSockets> Open(const Settings& settings);

  int listen_fd() const { return listen_.get(); }
  int metrics_fd() const { return metrics_.get(); }

  /// No client may come any more, as soon as the runtime has closed its own.
  void Close();

 private:
  UniqueFd listen_;
  UniqueFd metrics_;
};

}  // namespace openfc::bootstrap
