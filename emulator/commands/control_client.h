#pragma once

#include "emulator/commands/state_place.h"
#include "emulator/state/running_state.h"
#include "runtime/base/error.h"

#include <string>
#include <utility>

namespace openfc::emulator {

/// Talks to the running fclocal that a command means (emulator/platform/control_api.h).
class ControlClient {
 public:
  /// kUnavailable with a sentence when none runs there.
  static Expected<ControlClient> Find(const StatePlace& place);

  const RunningState& state() const { return state_; }
  const std::string& folder() const { return folder_; }

  /// `http://127.0.0.1:8080`, for a person too.
  std::string Url() const;

  /// The answer's JSON text. What the other side refuses is kInvalidArgument, with its sentence.
  Expected<std::string> Get(const std::string& path) const;
  Expected<std::string> Put(const std::string& path) const;
  Expected<std::string> Post(const std::string& path, const std::string& body = {}) const;

 private:
  ControlClient(std::string folder, RunningState state)
      : folder_(std::move(folder)), state_(std::move(state)) {}

  Expected<std::string> Ask(const std::string& method, const std::string& path,
                            const std::string& body) const;

  std::string folder_;
  RunningState state_;
};

}  // namespace openfc::emulator
