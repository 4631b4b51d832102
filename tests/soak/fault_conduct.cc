#include "tests/soak/fault_conduct.h"

#include "tests/soak/answers.h"

#include <array>
#include <utility>

namespace openfc::soak {
namespace {

using std::chrono::milliseconds;

// After its first try the runtime sends a post three times more. Closing a connection behind an
// event costs one of them.
constexpr int kFailuresAPost = 2;
constexpr std::size_t kLargeEvent = 200'000;
constexpr std::string_view kAccepted = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kStatus = "HTTP/1.1 200";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Move::End Keep(bool keeps) { return keeps ? Move::End::kKeep : Move::End::kClose; }

}  // namespace

std::optional<Move> FaultConduct::OnPoll(std::size_t connection) {
  if (to_deliver_ == 0) return std::nullopt;
  // Seldom two in a row: the pauses of the runtime double.
  const int draw = last_poll_failed_ ? Draw(100) + 30 : Draw(100);
  const bool fails = draw < 30;
  last_poll_failed_ = fails;
  if (!fails) return Deliver(connection);
  ++troubles_;
  return draw < 15 ? DeliverCut(connection) : DeliverNothing();
}

std::string FaultConduct::NextEvent() {
  std::string event = "event " + std::to_string(ledger_.size()) + " ";
  const bool is_large = Draw(50) == 0;
  return event.append(is_large ? kLargeEvent : 20, 'e');
}

/// Whole, if not always smoothly.
Move FaultConduct::Deliver(std::size_t connection) {
  --to_deliver_;
  const std::string event = NextEvent();
  const std::string id = ledger_.Open(Delivery::kWhole, connection, event);
  Move move{.bytes = MakeInvocationHead(id, event.size()) + event, .end = Keep(Draw(8) != 0)};
  const int draw = Draw(20);
  if (draw == 0) move.delay = milliseconds(Draw(5) + 1);
  if (draw == 1 && event.size() < kLargeEvent) move.in_single_bytes = true;
  if (draw == 2) move.bytes.insert(0, kContinue);
  if (draw < 3) ++troubles_;
  return move;
}

Move FaultConduct::DeliverCut(std::size_t connection) {
  const std::string event = "event that is cut";
  const std::string next_id = "soak-" + std::to_string(ledger_.size());
  const std::size_t head = MakeInvocationHead(next_id, event.size()).size();
  const std::size_t length = event_cut_++ % (head + event.size());
  const bool resets = Draw(2) == 0;
  const auto kind = resets          ? Delivery::kReset
                    : length < head ? Delivery::kHeadCut
                                    : Delivery::kBodyCut;
  const std::string id = ledger_.Open(kind, connection, event);
  return {.bytes = (MakeInvocationHead(id, event.size()) + event).substr(0, length),
          .end = resets ? Move::End::kReset : Move::End::kClose};
}

Move FaultConduct::DeliverNothing() {
  static constexpr std::array kStatuses = {500, 503, 429, 404};
  switch (Draw(6)) {
    case 0:
      return {.end = DrawEnd()};
    case 1:
      return {.bytes = "SSH-2.0-elsewhere\r\n\r\n", .end = DrawEnd()};
    case 2:
      return {.bytes = MakeResponse(200, "no id"), .end = Keep(Draw(2) == 0)};
    case 3:
      // Not while a post is due: its tries are few, and no pause of theirs is certain.
      return {.end = Move::End::kReset,
              .refuse_for = milliseconds(ledger_.Owed() == 0 ? Draw(30) + 1 : 0)};
    default:
      return {.bytes = MakeResponse(kStatuses.at(static_cast<std::size_t>(Draw(4)))),
              .end = Keep(Draw(2) == 0)};
  }
}

std::optional<Move> FaultConduct::OnPostHead(const std::string& id) {
  if (!ledger_.Has(id) || failed_posts_[id] >= kFailuresAPost) return std::nullopt;
  if (!interrupted_posts_.insert(id).second || Draw(2) == 0) return std::nullopt;
  ++failed_posts_[id];
  ++troubles_;
  return Move{.end = DrawEnd()};
}

Move FaultConduct::OnPost(const Post& post) {
  if (!ledger_.Has(post.id)) return {.bytes = MakeResponse(404)};
  if (ledger_.IsAnswered(post.id)) return {.bytes = MakeResponse(400, "answered already")};
  const int draw = Draw(100);
  if (draw < 15 && failed_posts_[post.id] < kFailuresAPost) return FailPost(post.id);
  if (draw < 30) return AcceptOddly(post);
  return Accept(post);
}

Move FaultConduct::FailPost(const std::string& id) {
  ++failed_posts_[id];
  ++troubles_;
  switch (Draw(3)) {
    case 0:
      return {.bytes = MakeResponse(Draw(2) == 0 ? 500 : 503), .end = Keep(Draw(2) == 0)};
    case 1:
      return {.bytes = std::string(kStatus.substr(0, static_cast<std::size_t>(Draw(9)))),
              .end = DrawEnd()};
    default:
      return {.delay = milliseconds(Draw(5)), .end = DrawEnd()};
  }
}

Move FaultConduct::Accept(const Post& post) {
  ledger_.NoteAccepted(post.id, post.is_error, post.body);
  return {.bytes = std::string(kAccepted)};
}

/// Taken; but the runtime is told so late, in crumbs, or not to the end.
Move FaultConduct::AcceptOddly(const Post& post) {
  ++troubles_;
  if (Draw(3) == 0) return CutAcceptance(post);
  Move move = Accept(post);
  switch (Draw(5)) {
    case 0:
      move.in_single_bytes = true;
      break;
    case 1:
      move.bytes.insert(0, kContinue);
      break;
    case 2:
      move.delay = milliseconds(Draw(5) + 1);
      break;
    case 3:
      move.bytes = MakeResponse(200, "thank you");
      break;
    default:
      move.end = Move::End::kClose;
  }
  return move;
}

Move FaultConduct::CutAcceptance(const Post& post) {
  Move move = Accept(post);
  move.bytes.resize(answer_cut_++ % move.bytes.size());
  move.end = DrawEnd();
  return move;
}

void FaultConduct::OnRun(const std::string& id, pid_t /*process*/) {
  if (ledger_.Has(id)) ledger_.NoteRun(id);
}

}  // namespace openfc::soak
