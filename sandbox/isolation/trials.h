#pragma once

#include "sandbox/isolation/plan.h"

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace openfc::sandbox {

/// What the trials reach for: things that they get at when no wall stands between.
struct TrialTargets {
  std::string file;           // Of the server, that everybody may read and write.
  std::string folder;         // The same, a folder.
  std::string other_run;      // A file of another run.
  pid_t victim = 0;           // A process of the server's user.
  std::uint16_t port = 0;     // Something listens on 127.0.0.1, TCP and UDP.
  std::string abstract_name;  // An abstract socket that something listens on.
};

/// One thing that must not succeed behind the walls.
struct Trial {
  Property property;
  std::string_view name;
  bool (*succeeds)(const TrialTargets& targets);
  bool succeeds_without_walls;  // For anybody: what does not proves nothing about a wall.
};

/// Those of P1, P2, P3, P5 and P9, which a process tries and sees by itself.
std::span<const Trial> AllTrials();

}  // namespace openfc::sandbox
