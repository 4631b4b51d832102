#include "emulator/platform/request_logs.h"

#include <algorithm>
#include <array>
#include <optional>

namespace openfc::emulator {
namespace {

constexpr std::size_t kMostBytes = 64UL * 1024;
constexpr std::size_t kMostLineBytes = 32UL * 1024;
// Requests whose End line never comes are waited for no longer than for so many others.
constexpr std::size_t kMostClosing = 64;
constexpr std::string_view kMarkPrefix = "FC ";
constexpr std::string_view kRequestId = " RequestId: ";

/// `FC Invoke Start RequestId: ID`, and its like for hooks.
struct Mark {
  bool is_start = false;
  std::string_view request_id;
};

std::optional<Mark> ReadMark(std::string_view line) {
  if (!line.starts_with(kMarkPrefix)) return std::nullopt;
  const auto key = line.find(kRequestId);
  if (key == std::string_view::npos) return std::nullopt;
  const std::string_view words = line.substr(0, key);
  if (!words.ends_with(" Start") && !words.ends_with(" End")) return std::nullopt;
  std::string_view id = line.substr(key + kRequestId.size());
  id = id.substr(0, id.find_first_of(", \r\n"));
  return Mark{.is_start = words.ends_with(" Start"), .request_id = id};
}

/// As loggers write: `2026-01-31T12:00:00.000Z ID [INFO] ...`.
std::string_view SecondWord(std::string_view line) {
  const auto begin = line.find(' ');
  if (begin == std::string_view::npos) return {};
  const auto end = line.find(' ', begin + 1);
  return end == std::string_view::npos ? std::string_view()
                                       : line.substr(begin + 1, end - begin - 1);
}

void Append(std::string_view line, RequestLogs::Entry& entry) {
  entry.text.append(line);
  if (entry.text.size() <= kMostBytes) return;
  // Half of it at once, so that a long log is not moved with every line.
  entry.text.erase(0, entry.text.size() - kMostBytes / 2);
  entry.is_cut = true;
}

}  // namespace

RequestLogs::Entry& RequestLogs::Begin(const std::string& request_id) {
  if (const auto found = by_id_.find(request_id); found != by_id_.end()) {
    return found->second->entry;
  }
  if (kept_.size() >= most_requests_) {
    by_id_.erase(kept_.front().request_id);
    kept_.pop_front();
  }
  kept_.push_back({.request_id = request_id, .entry = {}});
  by_id_.emplace(request_id, std::prev(kept_.end()));
  return kept_.back().entry;
}

RequestLogs::Entry* RequestLogs::Find(std::string_view request_id) {
  const auto found = by_id_.find(request_id);
  return found == by_id_.end() ? nullptr : &found->second->entry;
}

const RequestLogs::Entry* RequestLogs::Find(std::string_view request_id) const {
  const auto found = by_id_.find(request_id);
  return found == by_id_.end() ? nullptr : &found->second->entry;
}

void LogSorter::Open(const std::string& request_id) {
  open_.insert(request_id);
  logs_.Begin(request_id);
}

void LogSorter::Close(const std::string& request_id) {
  const RequestLogs::Entry* const entry = logs_.Find(request_id);
  if (!sees_marks_ || entry == nullptr || entry->has_ended) {
    open_.erase(request_id);
    return;
  }
  closing_.push_back(request_id);
  if (closing_.size() <= kMostClosing) return;
  open_.erase(closing_.front());
  closing_.pop_front();
}

void LogSorter::Feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    const bool is_whole = newline != std::string_view::npos;
    const std::string_view piece = is_whole ? bytes.substr(0, newline + 1) : bytes;
    bytes.remove_prefix(piece.size());
    if (partial_.empty() && is_whole) {
      TakeLine(piece);
      continue;
    }
    partial_.append(piece);
    if (!is_whole && partial_.size() < kMostLineBytes) continue;
    TakeLine(partial_);
    partial_.clear();
  }
}

void LogSorter::TakeLine(std::string_view line) {
  if (const auto mark = ReadMark(line)) {
    RequestLogs::Entry* const entry = logs_.Find(mark->request_id);
    if (entry == nullptr) return;
    sees_marks_ = true;
    (mark->is_start ? entry->has_begun : entry->has_ended) = true;
    Append(line, *entry);
    if (!mark->is_start) TakeEnd(mark->request_id);
  } else if (RequestLogs::Entry* const entry = OwnerOf(line)) {
    Append(line, *entry);
  }
}

void LogSorter::TakeEnd(std::string_view request_id) {
  const auto closing = std::find(closing_.begin(), closing_.end(), request_id);
  if (closing == closing_.end()) return;
  open_.erase(*closing);
  closing_.erase(closing);
}

RequestLogs::Entry* LogSorter::OwnerOf(std::string_view line) {
  if (open_.size() == 1) return logs_.Find(*open_.begin());
  if (open_.empty()) return nullptr;
  const std::string_view word = SecondWord(line);
  return !word.empty() && open_.contains(word) ? logs_.Find(word) : nullptr;
}

}  // namespace openfc::emulator
