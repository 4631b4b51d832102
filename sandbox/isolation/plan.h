#pragma once

#include "runtime/base/error.h"
#include "sandbox/isolation/run_cgroup.h"
#include "sandbox/isolation/seccomp_filter.h"

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::sandbox {

/// How strong the walls are, by what the place allows.
enum class Profile {
  kFull,      // Root: namespaces, a root and a user of its own for each run.
  kSetuid,    // Root without mounts (a container): a user for each run, Landlock, seccomp.
  kUnpriv,    // Anybody: Landlock, seccomp and the kernel's limits.
  kInstance,  // The machine is one tenant's and is thrown away: order, not walls.
  kNone,      // Nothing but limits; for development.
};
std::string_view NameOf(Profile profile);
/// Nothing for a name that is none.
std::optional<Profile> ProfileOf(std::string_view name);

/// What is promised of every run (docs/sandbox-threat-model.md).
enum class Property {
  kFiles,      // P1: nothing is read or written outside the run's own folder and system folders.
  kSessions,   // P2: nothing of another run is seen.
  kServer,     // P3: the server cannot be read, signalled, limited or slowed.
  kTreeKill,   // P4: no process is left afterwards.
  kEgress,     // P5: no network.
  kMemory,     // P6: all processes together stay below a limit.
  kProcesses,  // P7: so does their number.
  kDisk,       // P8: so do their files.
  kSurface,    // P9: the kernel shows little of itself.
};
inline constexpr std::size_t kPropertyCount = 9;
/// `P1`.
std::string NumberOf(Property property);
std::string_view TitleOf(Property property);
/// Nothing for a text that is none.
std::optional<Property> PropertyOf(std::string_view number);
/// Whether a server may run without being told that it may.
bool IsRequired(Property property);

/// How the properties are kept here. Built once, by whoever makes runs' places.
struct Plan {
  Profile profile = Profile::kNone;
  bool has_namespaces = false;
  bool has_own_users = false;  // A uid for each run.
  bool has_landlock = false;
  std::optional<CgroupPlace> cgroups = {};
  std::optional<SeccompProgram> snippet_filter = {};  // Of programs that may not fork.
  std::optional<SeccompProgram> command_filter = {};
};

/// The plan of a profile as far as it goes here; what it lacks, the tests of VerifyPlan() find. An
/// error when the profile cannot be had at all, as with kFull for an ordinary user: it says what
/// was tried.
Expected<Plan> MakePlan(Profile profile);

/// By which mechanism the plan keeps a property, in a few words.
std::string MechanismOf(const Plan& plan, Property property);

/// Uids for trials, and for runs where there are none above 65536: nobody's on Debian's and
/// systemd's lists.
inline constexpr uid_t kFirstUser = 60706;
inline constexpr uid_t kUserCount = 477;

}  // namespace openfc::sandbox
