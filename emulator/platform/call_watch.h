#pragma once

#include "emulator/platform/history.h"
#include "emulator/platform/platform_loop.h"
#include "runtime/http/responder.h"

#include <cstdint>
#include <list>
#include <string>

namespace openfc::emulator {

/// Answers questions for the calls that have ended since a time, and lets those wait for which
/// there are none yet. On the platform's thread.
class CallWatch {
 public:
  /// Both outlive it.
  CallWatch(History& history, PlatformLoop& loop)
      : history_(history), loop_(loop), alarm_(loop, [this] { AnswerOverdue(); }) {}
  CallWatch(const CallWatch&) = delete;
  CallWatch& operator=(const CallWatch&) = delete;

  /// For those after `sequence`, of one function or all (empty); answered after 20 s in any case.
  void Ask(std::uint64_t sequence, const std::string& function, http::Responder responder);

 private:
  struct Question {
    std::uint64_t sequence;
    std::string function;
    http::Responder responder;
    Deadline until;
  };

  bool TryAnswer(Question& question, bool is_overdue);
  void ListenToHistory();
  void AnswerWaiting();
  void AnswerOverdue();

  History& history_;
  PlatformLoop& loop_;
  std::list<Question> waiting_;  // The oldest first.
  bool is_listening_ = false;    // To the next call that ends.
  Alarm alarm_;
};

}  // namespace openfc::emulator
