#include "emulator/platform/result_poster.h"

#include "emulator/http_client/http_client.h"
#include "runtime/base/log.h"

#include <utility>

namespace openfc::emulator {
namespace {

constexpr int kAttempts = 3;
constexpr int kFirstServerError = 500;
constexpr std::chrono::milliseconds kFirstPause{500};
// Whoever wants us to end waits for one of these at most.
constexpr std::chrono::seconds kConnectTime{3};
constexpr std::chrono::seconds kAnswerTime{5};

}  // namespace

ResultPoster::~ResultPoster() {
  MutexLock lock(mutex_);
  is_over_ = true;
  changed_.NotifyAll();
}

void ResultPoster::Post(std::string url, std::string document) {
  if (!thread_.joinable()) {
    thread_ = std::jthread([this] { Run(); });
  }
  MutexLock lock(mutex_);
  letters_.push_back({std::move(url), std::move(document)});
  changed_.NotifyAll();
}

void ResultPoster::Run() {
  Letter letter;
  while (TryTake(letter)) Send(letter);
}

/// False once it is over.
bool ResultPoster::TryTake(Letter& letter) {
  MutexLock lock(mutex_);
  while (letters_.empty() && !is_over_) changed_.Wait(mutex_);
  if (is_over_) return false;
  letter = std::move(letters_.front());
  letters_.pop_front();
  return true;
}

void ResultPoster::Send(const Letter& letter) {
  std::string reason;
  auto pause = kFirstPause;
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    if (attempt > 1 && IsOverAfter(std::exchange(pause, pause * 2))) return;
    const auto answer = SendRequest({.method = "POST",
                                     .url = letter.url,
                                     .body = letter.document,
                                     .connect_time = kConnectTime,
                                     .answer_time = kAnswerTime});
    if (answer && answer->status < kFirstServerError) return;
    reason = answer ? "status " + std::to_string(answer->status) : answer.error().message;
  }
  LogWarn("destination_failed url={} reason=\"{}\"", letter.url, reason);
}

bool ResultPoster::IsOverAfter(std::chrono::milliseconds length) {
  const auto until = std::chrono::steady_clock::now() + length;
  MutexLock lock(mutex_);
  while (!is_over_ && changed_.WaitUntil(mutex_, until)) {
  }
  return is_over_;
}

}  // namespace openfc::emulator
