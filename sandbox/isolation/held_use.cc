#include "sandbox/isolation/held_use.h"

#include "runtime/base/unique_fd.h"
#include "runtime/process/proc_files.h"
#include "sandbox/isolation/listing.h"
#include "sandbox/isolation/seccomp_filter.h"
#include "sandbox/isolation/tree_size.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace openfc::sandbox {
namespace {

// How the kernel names a shared mapping that has no file.
constexpr std::string_view kSharedMemory = "/dev/zero";

/// A pipe has sixteen pages where nobody may ask for more.
std::int64_t PipeBytes() {
  constexpr std::int64_t kPages = 16;
  return kPages * ::sysconf(_SC_PAGESIZE);
}

/// What waits in a socket counts for who sent it, up to this and one message more.
std::int64_t SocketBytes() {
  const auto text = ReadSmallFile("/proc/sys/net/core/wmem_default").value_or("");
  std::int64_t bytes = 212'992;  // The kernel's own.
  std::from_chars(text.data(), text.data() + text.size(), bytes);
  return bytes;
}

/// A line of /proc/PID/maps whose file has no name any more.
struct NamelessMapping {
  std::string range;
  ino_t file = 0;
  std::string_view path;
};

/// `begin-end rights offset device inode   path (deleted)`; nothing for other lines.
std::optional<NamelessMapping> ParseNamelessMapping(std::string_view line) {
  constexpr std::string_view kMark = " (deleted)";
  if (!line.ends_with(kMark)) return std::nullopt;
  line.remove_suffix(kMark.size());
  std::array<std::string_view, 5> words;
  for (std::string_view& word : words) {
    word = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(word.size() + 1, line.size()));
  }
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  NamelessMapping mapping{.range = std::string(words[0]), .path = line};
  std::from_chars(words[4].data(), words[4].data() + words[4].size(), mapping.file);
  return mapping;
}

class HeldMeasuring {
 public:
  HeldMeasuring(const std::string& folder, std::int64_t longest_file)
      : prefix_(folder + "/"), longest_file_(longest_file) {}

  void Add(pid_t pid) {
    const std::string name = "/proc/" + std::to_string(pid);
    const UniqueFd process(::open(name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!process.is_open()) return;
    AddFile(process.get(), "exe");
    if (!AddDescriptors(process.get()) || !AddMappings(process.get(), name + "/maps")) {
      // One that is about to end has lost its memory, and cannot be looked into either.
      if (ReadProcessMemory(pid).resident_bytes > 0) use_.has_hidden = true;
    }
  }

  HeldUse Sum() const {
    HeldUse use = use_;
    for (const ino_t file : unsized_) {
      if (!nameless_.contains(file)) use.file_bytes += longest_file_;
    }
    return use;
  }

 private:
  bool AddDescriptors(int process) {
    const UniqueFd folder(::openat(process, "fd", O_PATH | O_DIRECTORY | O_CLOEXEC));
    const Listing listing = List(folder.get());
    if (!listing) return errno != EACCES && errno != EPERM;
    while (const dirent* entry = ::readdir(listing.get())) {
      if (!IsDots(entry->d_name)) AddFile(folder.get(), entry->d_name);
    }
    return true;
  }

  bool AddMappings(int process, const std::string& file) {
    const auto maps = ReadSmallFile(file);
    if (!maps) return errno != EACCES && errno != EPERM;
    for (std::string_view rest = *maps; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      if (const auto mapping = ParseNamelessMapping(line)) AddMapping(process, *mapping);
    }
    return true;
  }

  void AddMapping(int process, const NamelessMapping& mapping) {
    const bool is_shared = mapping.path == kSharedMemory;
    if (!is_shared && !mapping.path.starts_with(prefix_)) return;
    const UniqueFd files(::openat(process, "map_files", O_PATH | O_DIRECTORY | O_CLOEXEC));
    struct stat about {};
    if (::fstatat(files.get(), mapping.range.c_str(), &about, 0) == 0) {
      is_shared ? CountShared(about.st_ino, BytesOf(about)) : Count(about);
    } else if (errno != ENOENT) {
      is_shared ? CountShared(mapping.file, kLongestSharedMapping) : CountUnsized(mapping.file);
    }
  }

  /// What a link of /proc leads to.
  void AddFile(int folder, const char* link) {
    struct stat about {};
    if (::fstatat(folder, link, &about, 0) != 0) return;
    const bool is_nameless = S_ISREG(about.st_mode) && about.st_nlink == 0;
    if (is_nameless ? IsOurs(folder, link) : !S_ISREG(about.st_mode)) Count(about);
  }

  /// A link that cannot be read names what lies very deep, which only a run's folder has.
  bool IsOurs(int folder, const char* link) const {
    std::array<char, PATH_MAX> name{};
    const ssize_t size = ::readlinkat(folder, link, name.data(), name.size());
    return size < 0 ||
           std::string_view(name.data(), static_cast<std::size_t>(size)).starts_with(prefix_);
  }

  void Count(const struct stat& about) {
    const bool is_new = seen_.insert({about.st_dev, about.st_ino}).second;
    if (!is_new) return;
    if (S_ISFIFO(about.st_mode)) use_.kernel_bytes += pipe_bytes_;
    if (S_ISSOCK(about.st_mode)) use_.kernel_bytes += socket_bytes_;
    if (!S_ISREG(about.st_mode) || about.st_nlink != 0) return;
    nameless_.insert(about.st_ino);
    use_.file_bytes += BytesOf(about);
  }

  void CountUnsized(ino_t file) { unsized_.insert(file); }

  void CountShared(ino_t memory, std::int64_t bytes) {
    if (shared_.insert(memory).second) use_.kernel_bytes += bytes;
  }

  const std::string prefix_;
  const std::int64_t longest_file_;
  const std::int64_t pipe_bytes_ = PipeBytes();
  const std::int64_t socket_bytes_ = SocketBytes();
  HeldUse use_;
  std::set<std::pair<dev_t, ino_t>> seen_;
  // Mappings tell a file's number; its device they tell otherwise than stat does on some systems.
  std::set<ino_t> nameless_;
  std::set<ino_t> unsized_;
  std::set<ino_t> shared_;
};

}  // namespace

HeldUse MeasureHeld(std::span<const pid_t> processes, const std::string& folder,
                    std::int64_t longest_file) {
  HeldMeasuring measuring(folder, longest_file);
  for (const pid_t process : processes) measuring.Add(process);
  return measuring.Sum();
}

}  // namespace openfc::sandbox
