#include "emulator/platform/result_poster.h"

#include "emulator/http_client/http_client.h"

#include <utility>

namespace openfc::emulator {
namespace {

constexpr int kFirstError = 400;
constexpr int kTooManyRequests = 429;
constexpr int kFirstServerError = 500;
// Whoever wants us to end waits for one of these at most.
constexpr std::chrono::seconds kConnectTime{3};
constexpr std::chrono::seconds kAnswerTime{5};

AttemptEnd EndOf(const Expected<IncomingAnswer>& answer) {
  if (!answer) return {.result = AttemptResult::kRefused, .detail = answer.error().message};
  if (answer->status < kFirstError) return {};
  const bool is_passing = answer->status == kTooManyRequests || answer->status >= kFirstServerError;
  return {.result = is_passing ? AttemptResult::kRefused : AttemptResult::kFunctionError,
          .detail = "it answered with status " + std::to_string(answer->status)};
}

}  // namespace

ResultPoster::~ResultPoster() {
  MutexLock lock(mutex_);
  is_over_ = true;
  changed_.NotifyAll();
}

void ResultPoster::Post(std::string url, std::string document, Done done) {
  if (!thread_.joinable()) {
    thread_ = std::jthread([this] { Run(); });
  }
  MutexLock lock(mutex_);
  letters_.push_back({std::move(url), std::move(document), std::move(done)});
  changed_.NotifyAll();
}

void ResultPoster::Run() {
  Letter letter;
  while (TryTake(letter)) {
    letter.done(EndOf(SendRequest({.method = "POST",
                                   .url = letter.url,
                                   .body = letter.document,
                                   .connect_time = kConnectTime,
                                   .answer_time = kAnswerTime})));
  }
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

}  // namespace openfc::emulator
