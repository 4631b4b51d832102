#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <signal.h>

#include <functional>
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

  /// From here on, and also after this, they have no effect: for a program that ends by itself.
  void Dismiss();

 private:
  StopSignals(const sigset_t& before, const sigset_t& held) : before_(before), held_(held) {}

  const sigset_t before_;
  const sigset_t held_;
  UniqueFd fd_;
};

/// Where a program's threads tell its main one that all has ended.
class EndMark {
 public:
  EndMark();

  /// Tells it, from any thread, for as long as the mark lives.
  std::function<void()> Teller() const;

  /// Readable when it was told.
  int fd() const { return fd_.get(); }

 private:
  const UniqueFd fd_;
};

enum class OnStop { kAwaitEnd, kEndNow };

/// Waits for the end that is told to `end`, or until `stop`, which is called with each signal that
/// comes, says not to. Whatever comes later has no effect: who was impatient as the program ended
/// does not change what it exits with.
void AwaitEnd(StopSignals& signals, const EndMark& end, const std::function<OnStop(int)>& stop);

}  // namespace openfc
