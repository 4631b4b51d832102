#include "sandbox/engine/user_range.h"

#include "sandbox/isolation/plan.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

namespace openfc::sandbox {
namespace {

// Of no user, container or service: systemd's list of uids ends below, and 2^31 is above.
constexpr uid_t kHighFirst = 1'900'000'000;
constexpr uid_t kHighCount = 4'096;
constexpr uid_t kLowCount = 53;
constexpr uid_t kHighRanges = 1'000;

bool HasUid(std::string_view uid_map, uid_t uid) {
  std::istringstream lines{std::string(uid_map)};
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  std::uint64_t count = 0;
  while (lines >> inside >> outside >> count) {
    if (uid >= inside && uid - inside < count) return true;
  }
  return false;
}

/// A name that one socket on the machine can have, and that is free again when its owner dies.
UniqueFd ClaimName(const std::string& name) {
  UniqueFd claim(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), address.sun_path + 1);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (::bind(claim.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) claim.Reset();
  return claim;
}

}  // namespace

Expected<UserRange> ClaimUserRange(std::string_view uid_map) {
  const bool is_high = HasUid(uid_map, kHighFirst + kHighCount * kHighRanges);
  const uid_t first = is_high ? kHighFirst : kFirstUser;
  const uid_t count = is_high ? kHighCount : kLowCount;
  const uid_t ranges = is_high ? kHighRanges : kUserCount / kLowCount;
  for (uid_t i = 0; i < ranges; ++i) {
    const uid_t begin = first + i * count;
    UniqueFd claim = ClaimName("openfc-sandbox-users-" + std::to_string(begin));
    if (claim.is_open())
      return UserRange{.first = begin, .count = count, .claim = std::move(claim)};
  }
  return Error{ErrorCode::kUnavailable, "the users for runs are all taken by other servers"};
}

}  // namespace openfc::sandbox
