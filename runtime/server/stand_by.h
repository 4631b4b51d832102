#pragma once

#include "runtime/server/helm.h"

#include <functional>
#include <thread>

namespace openfc {

/// The second thread of a Helm: serves while it has it, and is gone with the object.
class StandBy {
 public:
  /// `serve` drives the server until somebody wakes it, as the helm does when it calls back. The
  /// helm must outlive the object.
  StandBy(Helm& helm, std::function<void()> serve);
  /// In the main thread, which has the helm.
  ~StandBy() { helm_.End(); }
  StandBy(const StandBy&) = delete;
  StandBy& operator=(const StandBy&) = delete;

 private:
  void Run();

  Helm& helm_;
  const std::function<void()> serve_;
  std::jthread thread_;  // Last: the others outlive it.
};

}  // namespace openfc
