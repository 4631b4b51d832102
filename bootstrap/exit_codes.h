#pragma once

namespace openfc::bootstrap {

// fc-runtime-api.md, section 9: the exit codes of an instance.
inline constexpr int kExitStopped = 0;
inline constexpr int kExitCannotServe = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitRefused = 70;

}  // namespace openfc::bootstrap
