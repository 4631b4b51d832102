#pragma once

#include "emulator/watch/settling.h"
#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

struct inotify_event;

namespace openfc::emulator {

/// Watches the code of functions, by inotify: folders with all that is below them (links are not
/// followed), or single files such as a zip. What IsIgnoredName() names does not count. A root may
/// be deleted and made anew, as builds do, as long as the folder that it lies in stays.
///
/// For one thread, which polls fd(), calls Read() when it is readable, and asks TakeChanged() when
/// NextChange() has come.
class CodeWatch {
 public:
  using Clock = Deadline::Clock;

  /// A root counts as changed once nothing more has happened in it for `quiet`. kSystem when the
  /// system has no more watches to give.
  static Expected<std::unique_ptr<CodeWatch>> Start(
      Clock::duration quiet = std::chrono::milliseconds(100));

  CodeWatch(const CodeWatch&) = delete;
  CodeWatch& operator=(const CodeWatch&) = delete;

  /// Readable when something has happened.
  int fd() const { return inotify_.get(); }

  /// Watches an absolute path, of a folder or file, from now on; once, however often it is added.
  /// After a failure (kSystem, a sentence) parts of it are not watched.
  Status Add(const std::string& root, Clock::time_point now);
  void Remove(const std::string& root);

  /// Takes note of all that has happened. Where too much did, every root counts as touched. New
  /// folders that cannot be watched are a kSystem sentence, with everything else noted.
  Status Read(Clock::time_point now);

  /// Whether something has happened in this root that TakeChanged() has not told yet, as far as
  /// Read() knows: an invocation that comes now may see half of a change.
  bool IsUnsettled(const std::string& root) const { return settling_.IsPending(root); }

  Deadline NextChange() const { return settling_.Next(); }

  /// The roots that have changed and are quiet, in order, once.
  std::vector<std::string> TakeChanged(Clock::time_point now) { return settling_.TakeSettled(now); }

 private:
  /// A folder as one root sees it. `only` is the one name in it that counts: the root's own, in the
  /// folder that it lies in; empty: all.
  struct View {
    std::string root;
    std::string path;
    std::string only;

    // NOLINTNEXTLINE(modernize-use-nullptr): the check of release 14 misreads this operator.
    friend auto operator<=>(const View&, const View&) = default;
  };

  CodeWatch(UniqueFd inotify, Clock::duration quiet)
      : inotify_(std::move(inotify)), settling_(quiet) {}

  Status WatchRoot(const std::string& root);
  Status WatchTree(const std::string& root, const std::string& path);
  Status WatchFolder(const View& view);
  Status Note(const inotify_event& event, Clock::time_point now);
  Status NoteFor(const View& view, const inotify_event& event, std::string_view name,
                 Clock::time_point now);
  Status NoteOverflow(Clock::time_point now);
  void ForgetBelow(const std::string& root, const std::string& path);
  void DropIfUnused(int watch);

  const UniqueFd inotify_;
  Settling settling_;
  std::set<std::string> roots_;
  std::map<int, std::set<View>> views_;  // By watch descriptor: one folder, maybe of many roots.
};

}  // namespace openfc::emulator
