#pragma once

#include "emulator/tasks/retry_policy.h"
#include "runtime/base/mutex.h"

#include <deque>
#include <functional>
#include <string>
#include <thread>

namespace openfc::emulator {

/// Posts JSON to URLs, one after the other, in a thread of its own, which starts with the first.
/// What waits when the owner goes is dropped, and nobody is told.
class ResultPoster {
 public:
  /// What came of it: refused (kRefused) when nobody answered, or with 429 or from 500 on; in
  /// error (kFunctionError) with any other status from 400 on. Called in the poster's thread.
  using Done = std::function<void(AttemptEnd)>;

  ResultPoster() = default;
  ~ResultPoster();
  ResultPoster(const ResultPoster&) = delete;
  ResultPoster& operator=(const ResultPoster&) = delete;

  /// Never blocks. From the owner's thread.
  void Post(std::string url, std::string document, Done done) EXCLUDES_LOCK(mutex_);

 private:
  struct Letter {
    std::string url;
    std::string document;
    Done done;
  };

  void Run() EXCLUDES_LOCK(mutex_);
  bool TryTake(Letter& letter) EXCLUDES_LOCK(mutex_);

  Mutex mutex_;
  CondVar changed_;
  std::deque<Letter> letters_ GUARDED_BY(mutex_);
  bool is_over_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // Last: ends before what it uses.
};

}  // namespace openfc::emulator
