#include "emulator/platform/call_watch.h"

#include "emulator/platform/control_documents.h"

#include <chrono>
#include <utility>
#include <vector>

namespace openfc::emulator {
namespace {

constexpr std::chrono::seconds kWait{20};

}  // namespace

void CallWatch::Ask(std::uint64_t sequence, const std::string& function,
                    http::Responder responder) {
  Question question{.sequence = sequence,
                    .function = function,
                    .responder = std::move(responder),
                    .until = Deadline::After(kWait)};
  if (TryAnswer(question, /*is_overdue=*/false)) return;
  waiting_.push_back(std::move(question));
  if (!alarm_.IsSet()) alarm_.Set(waiting_.front().until);
  ListenToHistory();
}

bool CallWatch::TryAnswer(Question& question, bool is_overdue) {
  const std::vector<CallRecord> records = history_.After(question.sequence, question.function);
  if (records.empty() && !is_overdue) return false;
  http::Response answer{
      .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
      .body = InvocationsDocument(history_.last_sequence(), records)};
  std::move(question.responder).Send(std::move(answer));
  return true;
}

void CallWatch::ListenToHistory() {
  if (std::exchange(is_listening_, true)) return;
  history_.WhenAdded([this] {
    // Later, and for many at once: calls may end faster than a page can read of them.
    loop_.Post([this] { AnswerWaiting(); });
  });
}

void CallWatch::AnswerWaiting() {
  is_listening_ = false;
  waiting_.remove_if([this](Question& question) {
    return question.responder.IsHalfClosed() || TryAnswer(question, /*is_overdue=*/false);
  });
  if (!waiting_.empty()) ListenToHistory();
}

void CallWatch::AnswerOverdue() {
  while (!waiting_.empty() && waiting_.front().until.HasPassed()) {
    TryAnswer(waiting_.front(), /*is_overdue=*/true);
    waiting_.pop_front();
  }
  if (!waiting_.empty()) alarm_.Set(waiting_.front().until);
}

}  // namespace openfc::emulator
