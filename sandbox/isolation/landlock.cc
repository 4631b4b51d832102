#include "sandbox/isolation/landlock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace openfc::sandbox {
namespace {

// The kernel's own words: Debian 12's headers stop at version 2.
struct LandlockAttributes {
  std::uint64_t handled_files;
  std::uint64_t handled_network;
  std::uint64_t scoped;
};
struct [[gnu::packed]] LandlockPath {
  std::uint64_t allowed;
  std::int32_t parent;
};
constexpr unsigned kAskVersion = 1;
constexpr int kPathBeneath = 1;

constexpr std::uint64_t kExecute = 1U << 0;
constexpr std::uint64_t kWriteFile = 1U << 1;
constexpr std::uint64_t kReadFile = 1U << 2;
constexpr std::uint64_t kReadDir = 1U << 3;
constexpr std::uint64_t kRefer = 1U << 13;        // From version 2 on.
constexpr std::uint64_t kTruncate = 1U << 14;     // 3.
constexpr std::uint64_t kDeviceIoctl = 1U << 15;  // 5.
constexpr std::uint64_t kFirstVersion = (1U << 13) - 1;
constexpr std::uint64_t kTcp = 3;  // 4: bind and connect.
constexpr std::uint64_t kSignalsAndAbstractSockets = 3;

std::uint64_t HandledFiles(int version) {
  std::uint64_t handled = kFirstVersion;
  if (version >= 2) handled |= kRefer;
  if (version >= 3) handled |= kTruncate;
  if (version >= 5) handled |= kDeviceIoctl;
  return handled;
}

std::size_t AttributesSize(int version) {
  if (version >= kLandlockScopes) return sizeof(LandlockAttributes);
  return version >= 4 ? 2 * sizeof(std::uint64_t) : sizeof(std::uint64_t);
}

std::uint64_t AllowedFor(PathUse use, std::uint64_t handled, bool is_folder) {
  // What only a folder has may not be allowed on a file.
  const std::uint64_t of_files = kExecute | kWriteFile | kReadFile | kTruncate | kDeviceIoctl;
  const std::uint64_t possible = is_folder ? handled : handled & of_files;
  switch (use) {
    case PathUse::kRead:
      return possible & (kExecute | kReadFile | kReadDir);
    case PathUse::kDevice:
      return possible & (kReadFile | kWriteFile | kDeviceIoctl | kTruncate);
    case PathUse::kAll:
      break;
  }
  return possible;
}

Status AddPath(int ruleset, const PathRule& rule, std::uint64_t handled) {
  const UniqueFd target(::open(rule.path.c_str(), O_PATH | O_CLOEXEC));
  if (!target.is_open()) return Ok();
  struct stat about {};
  if (::fstat(target.get(), &about) != 0) return SystemError("cannot look at " + rule.path, errno);
  const LandlockPath path{.allowed = AllowedFor(rule.use, handled, S_ISDIR(about.st_mode)),
                          .parent = target.get()};
  if (::syscall(SYS_landlock_add_rule, ruleset, kPathBeneath, &path, 0) == 0) return Ok();
  return SystemError("Landlock does not take " + rule.path, errno);
}

}  // namespace

int LandlockVersion() {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskVersion);
  return version < 0 ? 0 : static_cast<int>(version);
}

Expected<UniqueFd> MakeLandlockRules(const std::vector<PathRule>& rules) {
  const int version = LandlockVersion();
  if (version == 0) return SystemError("the kernel has no Landlock", errno);
  const LandlockAttributes attributes{
      .handled_files = HandledFiles(version),
      .handled_network = version >= 4 ? kTcp : 0,
      .scoped = version >= kLandlockScopes ? kSignalsAndAbstractSockets : 0};
  UniqueFd ruleset(static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, &attributes, AttributesSize(version), 0)));
  if (!ruleset.is_open()) return SystemError("Landlock refuses a set of rules", errno);
  for (const PathRule& rule : rules) {
    const Status added = AddPath(ruleset.get(), rule, attributes.handled_files);
    if (!added) return added.error();
  }
  return ruleset;
}

Status AddLandlockRule(const UniqueFd& rules, const PathRule& rule) {
  return AddPath(rules.get(), rule, HandledFiles(LandlockVersion()));
}

int RestrictToLandlockRules(int rules) {
  return ::syscall(SYS_landlock_restrict_self, rules, 0) == 0 ? 0 : errno;
}

}  // namespace openfc::sandbox
