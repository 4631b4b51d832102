#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <signal.h>

#include <memory>
#include <optional>

namespace openfc {

/// While it lives, the signals with which a person or a shell ends a program (Ctrl-C, SIGTERM, a
/// terminal that closes) are kept for the owner to read. Signals that were ignored stay so, as
/// nohup wants it. Before any thread is started.
class StopSignals {
 public:
  static Expected<std::unique_ptr<StopSignals>> Hold();

  /// What was held and not read takes its usual effect.
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Readable when one has come.
  int fd() const { return fd_.get(); }

  /// Does not wait.
  std::optional<int> Read();

 private:
  explicit StopSignals(const sigset_t& before) : before_(before) {}

  const sigset_t before_;
  UniqueFd fd_;
};

}  // namespace openfc
