#pragma once

#include "runtime/base/error.h"
#include "sandbox/commands/isolation_options.h"
#include "sandbox/engine/engine.h"
#include "sandbox/engine/user_range.h"
#include "sandbox/isolation/verify.h"

#include <cstddef>
#include <memory>
#include <string>

namespace openfc::sandbox {

/// What an operator says of the engine.
struct EngineWords {
  IsolationWords isolation;
  std::string state = {};  // A folder of ours; empty: one of its own below /tmp, while it runs.
  std::size_t runs = 4;    // At once.
  std::size_t queue = 64;  // That wait.
  bool has_data = true;    // numpy, pandas, matplotlib and plotly are kept warm.
};

/// An engine behind verified walls, and what was found out about those.
struct ReadyEngine {
  IsolationReport report;
  std::string state;      // The folder of ours.
  std::string own_state;  // The same, removed at the end; empty: the operator's stays.
  UserRange users;        // Of its runs, where they have users of their own.
  std::unique_ptr<Engine> engine;

  ReadyEngine() = default;
  ReadyEngine(ReadyEngine&&) = default;
  ReadyEngine& operator=(ReadyEngine&&) = default;
  ReadyEngine(const ReadyEngine&) = delete;
  ReadyEngine& operator=(const ReadyEngine&) = delete;
  ~ReadyEngine();
};

/// Chooses and verifies isolation and starts the engine, in that order, while this process has one
/// thread. kInvalidArgument: a word is wrong (EX_USAGE); else the program does not start
/// (EX_CONFIG).
Expected<ReadyEngine> SetUpEngine(const EngineWords& words);

/// What a program exits with for such an error.
int ExitCodeOf(const Error& error);

/// What is missing, for every reply.
IsolationLevel LevelOf(const IsolationReport& report);

}  // namespace openfc::sandbox
