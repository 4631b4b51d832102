#include "sandbox/isolation/remove_tree.h"

#include "runtime/base/unique_fd.h"
#include "sandbox/isolation/listing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

namespace openfc::sandbox {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

UniqueFd OpenFolder(int parent, const char* name) {
  UniqueFd folder(::openat(parent, name, kFolderFlags));
  if (!folder.is_open() && errno == EACCES) {  // Its owner may have shut it, for us too.
    (void)::fchmodat(parent, name, 0700, 0);
    folder = UniqueFd(::openat(parent, name, kFolderFlags));
  }
  return folder;
}

/// Removes what is in `folder`, but for a folder that is not empty, whose name it answers.
std::string RemoveUpToFolder(int folder) {
  (void)::fchmod(folder, 0700);
  const Listing listing = List(folder);
  if (!listing) return "";
  while (const dirent* entry = ::readdir(listing.get())) {
    if (IsDots(entry->d_name) || ::unlinkat(folder, entry->d_name, 0) == 0) continue;
    if (errno != EISDIR && errno != EPERM) continue;
    if (::unlinkat(folder, entry->d_name, AT_REMOVEDIR) == 0) continue;
    if (errno == ENOTEMPTY || errno == EEXIST) return entry->d_name;
  }
  return "";
}

}  // namespace

// One descriptor at a time, whatever the depth: back up by `..`, which nobody moves any more.
Status RemoveTree(const std::string& folder) {
  UniqueFd current = OpenFolder(AT_FDCWD, folder.c_str());
  if (!current.is_open()) {
    return errno == ENOENT ? Ok() : SystemError("cannot open '" + folder + "'", errno);
  }
  std::vector<std::string> way;
  while (true) {
    std::string below = RemoveUpToFolder(current.get());
    UniqueFd next = below.empty() ? UniqueFd() : OpenFolder(current.get(), below.c_str());
    if (next.is_open()) {
      way.push_back(std::move(below));
      current = std::move(next);
      continue;
    }
    if (!below.empty() || way.empty()) break;
    UniqueFd parent(::openat(current.get(), "..", kFolderFlags));
    if (::unlinkat(parent.get(), way.back().c_str(), AT_REMOVEDIR) != 0) break;
    way.pop_back();
    current = std::move(parent);
  }
  return ::rmdir(folder.c_str()) == 0 ? Ok() : SystemError("cannot remove '" + folder + "'", errno);
}

}  // namespace openfc::sandbox
