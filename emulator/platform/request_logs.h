#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

namespace openfc::emulator {

/// What the latest requests have logged, by their ids: the end of it, 64 KB for each.
class RequestLogs {
 public:
  explicit RequestLogs(std::size_t most_requests = 1000) : most_requests_(most_requests) {}

  struct Entry {
    std::string text;
    bool is_cut = false;     // The beginning was dropped.
    bool has_begun = false;  // Its Start line was seen,
    bool has_ended = false;  // and its End line.
  };

  /// From now on there is an entry for this id; the oldest one makes room.
  Entry& Begin(const std::string& request_id);

  /// Null when there is none, or not any more.
  Entry* Find(std::string_view request_id);
  const Entry* Find(std::string_view request_id) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  struct Kept {
    std::string request_id;
    Entry entry;
  };

  const std::size_t most_requests_;
  std::list<Kept> kept_;  // The oldest first.
  std::unordered_map<std::string, std::list<Kept>::iterator, Hash, std::equal_to<>> by_id_;
};

/// Gives every line that one instance writes to the request that it belongs to: by the Start and
/// End lines around it (fc-platform.md, 1.7), by the request id that stands in it as the second
/// word where a logger wrote it, or because no other request is in flight. A line that could be
/// anybody's is nobody's.
class LogSorter {
 public:
  /// `logs` must outlive it.
  explicit LogSorter(RequestLogs& logs) : logs_(logs) {}

  /// A request reaches the instance.
  void Open(const std::string& request_id);

  /// It was answered: nothing more is written for it but what stands before its End line, which may
  /// still have to be read. From an instance that writes no such lines, nothing: read its log
  /// first.
  void Close(const std::string& request_id);

  /// Whether the instance writes Start and End lines.
  bool sees_marks() const { return sees_marks_; }

  /// The next bytes, as they were read. A line longer than 32 KB counts as several.
  void Feed(std::string_view bytes);

 private:
  void TakeLine(std::string_view line);
  void TakeEnd(std::string_view request_id);
  RequestLogs::Entry* OwnerOf(std::string_view line);

  RequestLogs& logs_;
  std::set<std::string, std::less<>> open_;
  std::deque<std::string> closing_;  // Those that were answered, but their End line was not read.
  bool sees_marks_ = false;
  std::string partial_;
};

}  // namespace openfc::emulator
