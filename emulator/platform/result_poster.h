#pragma once

#include "runtime/base/mutex.h"

#include <chrono>
#include <deque>
#include <string>
#include <thread>

namespace openfc::emulator {

/// Posts JSON to URLs, one after the other, in a thread of its own, which starts with the first.
/// What is not taken (no answer, or a status of 500 and above) is posted again, a few times, and
/// then dropped with a line in the log. What waits when the owner goes is dropped.
class ResultPoster {
 public:
  ResultPoster() = default;
  ~ResultPoster();
  ResultPoster(const ResultPoster&) = delete;
  ResultPoster& operator=(const ResultPoster&) = delete;

  /// Never blocks. From the owner's thread.
  void Post(std::string url, std::string document) EXCLUDES_LOCK(mutex_);

 private:
  struct Letter {
    std::string url;
    std::string document;
  };

  void Run() EXCLUDES_LOCK(mutex_);
  bool TryTake(Letter& letter) EXCLUDES_LOCK(mutex_);
  void Send(const Letter& letter) EXCLUDES_LOCK(mutex_);
  bool IsOverAfter(std::chrono::milliseconds length) EXCLUDES_LOCK(mutex_);

  Mutex mutex_;
  CondVar changed_;
  std::deque<Letter> letters_ GUARDED_BY(mutex_);
  bool is_over_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // Last: ends before what it uses.
};

}  // namespace openfc::emulator
