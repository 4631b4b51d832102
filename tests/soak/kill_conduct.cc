#include "tests/soak/kill_conduct.h"

#include "tests/soak/answers.h"

#include <signal.h>

#include <array>

namespace openfc::soak {
namespace {

constexpr std::size_t kLargestEvent = 1'000'000;  // More than a socket takes at once.
constexpr std::array<std::string_view, 4> kWords = {"exit", "abort", "segv", "kill"};
constexpr std::array kSignals = {SIGKILL, SIGKILL, SIGSEGV, SIGABRT};

}  // namespace

KillConduct::Fate KillConduct::DrawFate() {
  static constexpr std::array kFates = {
      Fate::kByHandler,         Fate::kByHandler,        Fate::kWhileReceiving,
      Fate::kWhileRunning,      Fate::kWhileRunning,     Fate::kWhileSendingPost,
      Fate::kBeforePostIsTaken, Fate::kAfterPostIsTaken, Fate::kWhileIdle};
  if (Draw(3) == 0) return Fate::kFine;
  return kFates.at(static_cast<std::size_t>(Draw(static_cast<int>(kFates.size()))));
}

std::string KillConduct::EventFor(Fate fate) {
  std::string event = "fine";
  if (fate == Fate::kByHandler) event = kWords.at(static_cast<std::size_t>(Draw(4)));
  if (fate == Fate::kWhileRunning) event = "wait";
  event += " " + std::to_string(ledger_.size()) + " ";
  return event.append(fate == Fate::kWhileSendingPost ? kLargestEvent : 20, 'e');
}

std::optional<Move> KillConduct::OnPoll(std::size_t connection) {
  if (to_kill_ == 0) return std::nullopt;
  const Fate fate = DrawFate();
  if (fate != Fate::kFine) --to_kill_;
  if (fate != Fate::kWhileIdle) return HandOut(connection, fate);
  return Move{.pause = std::chrono::milliseconds(Draw(2)), .then = [this] { KillRuntime(); }};
}

Move KillConduct::HandOut(std::size_t connection, Fate fate) {
  const std::string event = EventFor(fate);
  const std::string id = ledger_.Open(Delivery::kPerilous, connection, event);
  fates_[id] = fate;
  Move move{.bytes = MakeInvocationHead(id, event.size()) + event};
  if (fate != Fate::kWhileReceiving) return move;
  move.bytes.resize(move.bytes.size() - event.size() / 2);
  move.pause = std::chrono::milliseconds(Draw(4));  // None: it may not have read the head.
  move.then = [this] { KillRuntime(); };
  return move;
}

std::optional<Move> KillConduct::OnPostHead(const std::string& id) {
  if (!Meets({.id = id, .body = {}}, Fate::kWhileSendingPost)) return std::nullopt;
  KillRuntime();
  return Move{.end = Move::End::kSilent};
}

Move KillConduct::OnPost(const Post& post) {
  if (!ledger_.Has(post.id)) return {.bytes = MakeResponse(404)};
  if (Meets(post, Fate::kBeforePostIsTaken)) {
    KillRuntime();
    return {.end = Move::End::kSilent};
  }
  if (ledger_.IsAnswered(post.id)) return {.bytes = MakeResponse(400, "answered already")};
  ledger_.NoteAccepted(post.id, post.is_error, post.body);
  if (!Meets(post, Fate::kAfterPostIsTaken)) return {.bytes = MakeResponse(200)};
  KillRuntime();
  return {.end = Move::End::kSilent};
}

/// rloader's own posts are errors, and meet nothing.
bool KillConduct::Meets(const Post& post, Fate fate) {
  const auto found = fates_.find(post.id);
  if (post.is_error || found == fates_.end() || found->second != fate) return false;
  fates_.erase(found);
  return true;
}

void KillConduct::OnRun(const std::string& id, pid_t process) {
  if (!ledger_.Has(id)) return;
  ledger_.NoteRun(id);
  const auto found = fates_.find(id);
  if (found == fates_.end() || found->second != Fate::kWhileRunning) return;
  fates_.erase(found);
  ::kill(process, kSignals.at(static_cast<std::size_t>(Draw(4))));
}

void KillConduct::OnConnectionEnd(std::size_t connection, bool was_reset) {
  if (was_reset) ledger_.NoteReset(connection);
}

void KillConduct::KillRuntime() {
  if (const auto runtime = instance_->Runtime()) ::kill(*runtime, SIGKILL);
}

}  // namespace openfc::soak
