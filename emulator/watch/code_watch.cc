#include "emulator/watch/code_watch.h"

#include "emulator/watch/ignored_names.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kEvents =
    IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;

Error CannotWatch(const std::string& path, int error_number) {
  if (error_number == ENOSPC) {
    return Error{ErrorCode::kSystem, "cannot watch '" + path +
                                         "': this user watches too many folders already; "
                                         "sysctl fs.inotify.max_user_watches sets how many"};
  }
  return SystemError("cannot watch '" + path + "'", error_number);
}

bool IsGone(int error_number) { return error_number == ENOENT || error_number == ENOTDIR; }

bool IsBelow(const std::string& path, const std::string& folder) {
  return path == folder ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

/// Processes talk by pipes and sockets: what goes through them changes no code.
bool IsChannel(const std::string& path) {
  std::error_code error;
  const auto type = fs::symlink_status(path, error).type();
  return type == fs::file_type::fifo || type == fs::file_type::socket;
}

}  // namespace

Expected<std::unique_ptr<CodeWatch>> CodeWatch::Start(Clock::duration quiet) {
  UniqueFd inotify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!inotify.is_open()) return SystemError("cannot watch the code of functions", errno);
  return std::unique_ptr<CodeWatch>(new CodeWatch(std::move(inotify), quiet));
}

Status CodeWatch::Add(const std::string& root, Clock::time_point now) {
  // What happened before is none of this root's changes.
  if (const Status read = Read(now); !read) return read.error();
  roots_.insert(root);
  return WatchRoot(root);
}

Status CodeWatch::WatchRoot(const std::string& root) {
  const fs::path path(root);
  const Status parent = WatchFolder(
      {.root = root, .path = path.parent_path().string(), .only = path.filename().string()});
  if (!parent) return parent.error();
  std::error_code error;
  return fs::is_directory(root, error) ? WatchTree(root, root) : Ok();
}

void CodeWatch::Remove(const std::string& root) {
  roots_.erase(root);
  settling_.Forget(root);
  ForgetBelow(root, "");
}

/// Folders that go away meanwhile are no failure: their end is an event of its own.
Status CodeWatch::WatchTree(const std::string& root, const std::string& path) {
  const Status watched = WatchFolder({.root = root, .path = path, .only = ""});
  if (!watched) return watched.error();
  std::error_code error;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    const bool is_folder = entry->symlink_status(ignored).type() == fs::file_type::directory;
    if (!is_folder || IsIgnoredName(entry->path().filename().string())) continue;
    const Status below = WatchTree(root, entry->path().string());
    if (!below) return below.error();
  }
  return Ok();
}

Status CodeWatch::WatchFolder(const View& view) {
  // The root itself may be a link.
  const std::uint32_t follow = view.path == view.root || !view.only.empty() ? 0 : IN_DONT_FOLLOW;
  const int watch = ::inotify_add_watch(inotify_.get(), view.path.c_str(),
                                        kEvents | IN_ONLYDIR | IN_EXCL_UNLINK | follow);
  if (watch < 0) return IsGone(errno) ? Ok() : Status(CannotWatch(view.path, errno));
  views_[watch].insert(view);
  return Ok();
}

Status CodeWatch::Read(Clock::time_point now) {
  Status all = Ok();
  alignas(inotify_event) std::array<char, std::size_t{64} * 1024> buffer{};
  while (true) {
    const ssize_t count = ::read(inotify_.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return all;
    if (count < 0) return SystemError("cannot read what has changed", errno);
    for (ssize_t at = 0; at < count;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      if (const Status noted = Note(*event, now); !noted) all = noted;
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
    }
  }
}

Status CodeWatch::Note(const inotify_event& event, Clock::time_point now) {
  if ((event.mask & IN_Q_OVERFLOW) != 0) return NoteOverflow(now);
  if ((event.mask & IN_IGNORED) != 0) {
    views_.erase(event.wd);
    return Ok();
  }
  const auto found = views_.find(event.wd);
  // Without a name it is the folder itself, whose name is an event of the folder above.
  if (found == views_.end() || event.len == 0) return Ok();
  const std::string_view name(event.name);
  if (IsIgnoredName(name)) return Ok();
  Status all = Ok();
  for (const View& view : std::set<View>(found->second)) {  // A copy: noting adds and removes some.
    if (const Status noted = NoteFor(view, event, name, now); !noted) all = noted;
  }
  return all;
}

Status CodeWatch::NoteFor(const View& view, const inotify_event& event, std::string_view name,
                          Clock::time_point now) {
  if (!view.only.empty() && view.only != name) return Ok();
  const std::string path = view.only.empty() ? view.path + "/" + std::string(name) : view.root;
  if (IsChannel(path)) return Ok();
  settling_.Touch(view.root, now);
  const bool comes = (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0;
  const bool goes = (event.mask & (IN_DELETE | IN_MOVED_FROM)) != 0;
  std::error_code error;
  const bool is_root = path == view.root;  // Then it may be a link to a folder.
  const bool is_folder = is_root ? fs::is_directory(path, error) : (event.mask & IN_ISDIR) != 0;
  if (goes) ForgetBelow(view.root, path);
  return comes && is_folder ? WatchTree(view.root, path) : Ok();
}

/// Events were lost, those of new folders maybe.
Status CodeWatch::NoteOverflow(Clock::time_point now) {
  Status all = Ok();
  for (const std::string& root : std::set<std::string>(roots_)) {
    settling_.Touch(root, now);
    if (const Status added = WatchRoot(root); !added) all = added;
  }
  return all;
}

/// An empty path is the whole root, and the folder that it lies in.
void CodeWatch::ForgetBelow(const std::string& root, const std::string& path) {
  std::vector<int> watches;
  for (auto& [watch, views] : views_) {
    const auto removed = std::erase_if(views, [&](const View& view) {
      return view.root == root && (path.empty() || (view.only.empty() && IsBelow(view.path, path)));
    });
    if (removed > 0) watches.push_back(watch);
  }
  for (const int watch : watches) DropIfUnused(watch);
}

void CodeWatch::DropIfUnused(int watch) {
  const auto found = views_.find(watch);
  if (found == views_.end() || !found->second.empty()) return;
  views_.erase(found);
  ::inotify_rm_watch(inotify_.get(), watch);  // Fails for a folder that is gone.
}

}  // namespace openfc::emulator
