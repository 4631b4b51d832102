#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <sys/types.h>

#include <string_view>

namespace openfc::sandbox {

/// Uids that are one server's for its runs and workspaces. The kernel counts processes by uid, and
/// lets equal uids signal each other: two servers on a machine may not share any.
struct UserRange {
  uid_t first = 0;
  uid_t count = 0;
  UniqueFd claim;  // Others see the range taken as long as this is open.
};

/// A range that no other server has claimed, by `uid_map`, the text of /proc/self/uid_map: far
/// above all users where all uids are to be had, else a small one below 65536. kUnavailable when
/// all are taken.
Expected<UserRange> ClaimUserRange(std::string_view uid_map);

}  // namespace openfc::sandbox
