#include "sandbox/isolation/plan.h"

#include "sandbox/isolation/file_view.h"
#include "sandbox/isolation/landlock.h"
#include "sandbox/isolation/namespaces.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace openfc::sandbox {
namespace {

constexpr std::array<std::pair<Profile, std::string_view>, 5> kProfiles{
    {{Profile::kFull, "full"},
     {Profile::kSetuid, "setuid"},
     {Profile::kUnpriv, "unpriv"},
     {Profile::kInstance, "instance"},
     {Profile::kNone, "none"}}};

constexpr std::array<std::string_view, kPropertyCount> kTitles{
    "file system",      "session separation",
    "server integrity", "tree kill",
    "egress off",       "memory",
    "processes",        "disk",
    "kernel surface"};

/// Whether this process may become another user: tried by a child that ends afterwards.
Status TryUsers() {
  const pid_t child = ::fork();
  if (child < 0) return SystemError("cannot fork", errno);
  if (child == 0) {
    const bool is_done = ::syscall(SYS_setresgid, kFirstUser, kFirstUser, kFirstUser) == 0 &&
                         ::syscall(SYS_setresuid, kFirstUser, kFirstUser, kFirstUser) == 0;
    ::_exit(is_done ? 0 : errno);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status == 0) return Ok();
  return SystemError("cannot change to the user " + std::to_string(kFirstUser),
                     WEXITSTATUS(status));
}

Status TryNamespaces() {
  auto world = NamespaceWorld::Make(SystemReadPaths(), ForkInit);
  return world ? (*world)->AwaitReady() : Status(world.error());
}

Status AddUsers(Plan& plan) {
  if (Status tried = TryUsers(); !tried) return tried;
  plan.has_own_users = true;
  return Ok();
}

Status AddFilters(Plan& plan) {
  FilterRules rules{.pretends_sessions = !plan.has_namespaces,
                    .has_own_processes = plan.has_namespaces,
                    .has_own_ipc = plan.has_namespaces,
                    .has_own_user = plan.has_own_users,
                    .is_watched = plan.profile != Profile::kInstance && !plan.cgroups,
                    .stays_readable = !plan.has_namespaces,
                    .sockets = plan.has_namespaces ? SocketRule::kNamespaced : SocketRule::kNone};
  auto snippet = BuildFilter(rules);
  rules.may_fork = true;
  auto command = BuildFilter(rules);
  if (!snippet) return snippet.error();
  if (!command) return command.error();
  plan.snippet_filter = *std::move(snippet);
  plan.command_filter = *std::move(command);
  return Ok();
}

Status AddWalls(Plan& plan) {
  if (plan.profile == Profile::kFull) {
    if (Status tried = TryNamespaces(); !tried) return tried;
    plan.has_namespaces = true;
  }
  if (plan.profile == Profile::kFull || plan.profile == Profile::kSetuid) {
    if (Status added = AddUsers(plan); !added) return added;
  }
  plan.has_landlock = !plan.has_namespaces && LandlockVersion() > 0;
  return AddFilters(plan);
}

std::string FileMechanism(const Plan& plan) {
  if (plan.has_namespaces) return "pivot_root to a tmpfs with read-only binds";
  return plan.has_landlock ? "Landlock" : "none";
}

std::string ServerMechanism(const Plan& plan) {
  if (plan.has_namespaces) return "PID namespace, a uid for each run";
  if (plan.has_own_users) return "a uid for each run, seccomp on pid arguments";
  if (plan.has_landlock && plan.command_filter) {
    return "not dumpable, Landlock scopes, seccomp on pid arguments";
  }
  return "none";
}

std::string SessionMechanism(const Plan& plan) {
  if (plan.has_namespaces) return "a mount namespace for each run";
  if (plan.has_own_users) return "a uid for each run, Landlock";
  return plan.has_landlock ? "Landlock, unguessable folders" : "none";
}

std::string TreeMechanism(const Plan& plan) {
  if (plan.has_namespaces) return "the PID namespace's init";
  return plan.command_filter ? "one process group, seccomp pretends setsid" : "none";
}

std::string CgroupName(const CgroupPlace& place) {
  return "cgroup v" + std::to_string(place.version);
}

std::string MemoryMechanism(const Plan& plan) {
  if (plan.cgroups) return CgroupName(*plan.cgroups);
  return "RLIMIT_AS, a watch on resident memory";
}

std::string ProcessMechanism(const Plan& plan) {
  if (plan.cgroups) return CgroupName(*plan.cgroups);
  if (plan.has_own_users) return "RLIMIT_NPROC of the run's uid";
  return "RLIMIT_NPROC beside the server's processes";
}

}  // namespace

std::string_view NameOf(Profile profile) {
  for (const auto& [each, name] : kProfiles) {
    if (each == profile) return name;
  }
  return "";
}

std::optional<Profile> ProfileOf(std::string_view name) {
  for (const auto& [profile, each] : kProfiles) {
    if (each == name) return profile;
  }
  return std::nullopt;
}

std::string NumberOf(Property property) {
  return "P" + std::to_string(static_cast<int>(property) + 1);
}

std::string_view TitleOf(Property property) {
  return kTitles.at(static_cast<std::size_t>(property));
}

std::optional<Property> PropertyOf(std::string_view number) {
  if (number.size() != 2 || number[0] != 'P' || number[1] < '1' || number[1] > '9') {
    return std::nullopt;
  }
  return static_cast<Property>(number[1] - '1');
}

bool IsRequired(Property property) {
  return property != Property::kMemory && property != Property::kDisk;
}

Expected<Plan> MakePlan(Profile profile) {
  Plan plan{.profile = profile};
  if (profile == Profile::kNone) return plan;
  if (profile == Profile::kInstance) {
    (void)AddFilters(plan);
    return plan;
  }
  if (auto place = ProveCgroupPlace(); place) plan.cgroups = *std::move(place);
  if (Status added = AddWalls(plan); !added) return added.error();
  return plan;
}

std::string MechanismOf(const Plan& plan, Property property) {
  switch (property) {
    case Property::kFiles:
      return FileMechanism(plan);
    case Property::kSessions:
      return SessionMechanism(plan);
    case Property::kServer:
      return ServerMechanism(plan);
    case Property::kTreeKill:
      return TreeMechanism(plan);
    case Property::kEgress:
      if (plan.has_namespaces) return "network namespace";
      return plan.command_filter ? "seccomp refuses sockets" : "none";
    case Property::kMemory:
      return MemoryMechanism(plan);
    case Property::kProcesses:
      return ProcessMechanism(plan);
    case Property::kDisk:
      return plan.has_namespaces ? "the size of the run's tmpfs"
                                 : "RLIMIT_FSIZE, a watch on the run's folder";
    case Property::kSurface:
      return plan.command_filter ? "seccomp, no_new_privs, no capabilities" : "none";
  }
  return "none";
}

}  // namespace openfc::sandbox
