#pragma once

#include "runtime/base/error.h"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace openfc::emulator {

/// What a running fclocal tells the other commands about itself.
struct RunningState {
  pid_t pid = 0;
  std::string address;  // That it listens on.
  std::uint16_t port = 0;
  std::string token;        // With which its API is called.
  std::string source = {};  // What it serves: a s.yaml, or a folder of code.
  std::chrono::system_clock::time_point started = {};

  friend bool operator==(const RunningState&, const RunningState&) = default;
};

/// The file in a state folder where it stands.
std::string StateFileOf(const std::string& folder);

std::string WriteRunningState(const RunningState& state);

/// Nothing when the text is none, or is not whole.
std::optional<RunningState> ReadRunningState(const std::string& text);

/// The fclocal that serves with this state folder. Nothing when none does: there is no such folder,
/// or its owner has ended, by whatever way. kUnavailable while one is starting.
Expected<std::optional<RunningState>> FindRunning(const std::string& folder);

}  // namespace openfc::emulator
