#pragma once

#include "runtime/base/mutex.h"
#include "runtime/invoke/invocation.h"
#include "runtime/invoke/reply.h"
#include "tests/fakes/limit.h"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace openfc::testing {

/// How a reply ended.
enum class ReplyEnd { kOpen, kSent, kFinished, kCutOff, kAbandoned, kClosed };

/// Both ends of one exchange over a door that streams, as its client sees them: sends a body piece
/// by piece, reads slowly or goes away when the test says so. A copy is the same client; all may be
/// called from any thread. Functions called Await... wait for what they name, for kLimit at most.
class FakeClient {
 public:
  FakeClient() : state_(std::make_shared<State>()) {}

  Reply MakeReply() const { return Reply(std::make_unique<Sink>(state_)); }
  std::unique_ptr<BodyReader> MakeBody() const { return std::make_unique<Reader>(state_); }

  /// A piece of the request's body, or of its end.
  void SendBody(std::string piece) const {
    Change([&](State& s) { s.body.push_back(piece); });
  }
  void EndBody() const { SendBody(""); }

  /// Takes no more of the reply: what is written next waits, until it reads on.
  void StopReading() const {
    Change([](State& s) { s.reads = false; });
  }
  void ReadOn() const {
    Change([](State& s) { s.reads = true; });
  }

  /// Sends no more, but reads on.
  void HalfClose() const {
    Change([](State& s) { s.is_half_closed = true; });
  }
  void GoAway() const {
    Change([](State& s) { s.is_half_closed = s.is_gone = true; });
  }

  void Say(Message message) const {
    Change([&](State& s) { s.said.emplace_back(std::move(message)); });
  }
  void HangUp(int code, std::string reason) const {
    Change([&](State& s) {
      s.said.emplace_back(MessageChannel::Closed{.code = code, .reason = std::move(reason)});
    });
  }

  /// The whole answer; a Failure saying that nothing came.
  Outcome AwaitOutcome() const {
    Await([](const State& s) { return s.outcome.has_value(); });
    const MutexLock lock(state_->mutex);
    return state_->outcome.value_or(Failure{.type = "nothing came", .document = {}});
  }
  bool AwaitStreamed(std::string_view text) const {
    return Await([text](const State& s) { return s.streamed.find(text) != std::string::npos; });
  }
  bool AwaitHeard(std::size_t count) const {
    return Await([count](const State& s) { return s.heard.size() >= count; });
  }
  bool AwaitBegun() const {
    return Await([](const State& s) { return s.head.has_value(); });
  }
  bool AwaitUpgraded() const {
    return Await([](const State& s) { return s.upgrade_headers.has_value(); });
  }
  /// Until the function is told when the client goes away.
  bool AwaitWatched() const {
    return Await([](const State& s) { return s.is_watched; });
  }
  ReplyEnd AwaitEnd() const {
    Await([](const State& s) { return s.end != ReplyEnd::kOpen; });
    const MutexLock lock(state_->mutex);
    return state_->end;
  }

  std::optional<StreamHead> head() const { return Get(&State::head); }
  std::string streamed() const { return Get(&State::streamed); }
  int chunks() const { return Get(&State::chunks); }
  std::vector<Message> heard() const { return Get(&State::heard); }
  MessageChannel::Closed closed() const { return Get(&State::closed); }
  bool ends_itself() const { return Get(&State::ends_itself); }
  bool is_watched() const { return Get(&State::is_watched); }
  auto upgrade_headers() const { return Get(&State::upgrade_headers); }

 private:
  struct State {
    Mutex mutex;
    CondVar changed;
    std::deque<std::string> body;
    bool reads = true;
    bool is_half_closed = false;
    bool is_gone = false;
    bool is_watched = false;
    bool ends_itself = false;
    std::optional<Outcome> outcome;
    std::optional<StreamHead> head;
    std::string streamed;
    int chunks = 0;
    ReplyEnd end = ReplyEnd::kOpen;
    std::optional<std::vector<std::pair<std::string, std::string>>> upgrade_headers;
    std::deque<MessageChannel::Received> said;
    std::vector<Message> heard;
    MessageChannel::Closed closed;
    std::function<void()> when_half_closed;
    std::function<void()> when_gone;
    std::function<void()> when_readable;
    std::function<void()> when_writable;
  };

  using Shared = std::shared_ptr<State>;

  template <typename Field>
  Field Get(Field State::*field) const {
    const MutexLock lock(state_->mutex);
    return (*state_).*field;
  }

  /// Calls, without the lock, those whose time has come with the change.
  template <typename Action>
  static void Change(const Shared& state, Action&& action) {
    std::vector<std::function<void()>> due;
    {
      const MutexLock lock(state->mutex);
      std::forward<Action>(action)(*state);
      const bool is_readable = !state->body.empty() || !state->said.empty() || state->is_gone;
      const bool is_writable = state->reads || state->is_gone;
      if (is_readable) due.push_back(std::exchange(state->when_readable, nullptr));
      if (is_writable) due.push_back(std::exchange(state->when_writable, nullptr));
      if (state->is_gone) due.push_back(std::exchange(state->when_gone, nullptr));
      if (state->is_half_closed) due.push_back(std::exchange(state->when_half_closed, nullptr));
      state->changed.NotifyAll();
    }
    for (const auto& callback : due) {
      if (callback) callback();
    }
  }
  template <typename Action>
  void Change(Action&& action) const {
    Change(state_, std::forward<Action>(action));
  }

  template <typename Condition>
  static bool Await(const Shared& state, Condition&& condition) {
    const auto until = std::chrono::steady_clock::now() + kLimit;
    const MutexLock lock(state->mutex);
    while (!condition(*state)) {
      if (!state->changed.WaitUntil(state->mutex, until)) return condition(*state);
    }
    return true;
  }
  template <typename Condition>
  bool Await(Condition&& condition) const {
    return Await(state_, std::forward<Condition>(condition));
  }

  static Error Gone() { return {ErrorCode::kCancelled, "the client went away"}; }

  class Reader final : public BodyReader {
   public:
    explicit Reader(Shared state) : state_(std::move(state)) {}
    Expected<std::string> Read() override {
      Await(state_, [](const State& s) { return !s.body.empty() || s.is_gone; });
      return *TryRead(nullptr);
    }
    std::optional<Expected<std::string>> TryRead(std::function<void()> ready) override {
      const MutexLock lock(state_->mutex);
      if (!state_->body.empty()) {
        std::string piece = std::move(state_->body.front());
        state_->body.pop_front();
        return Expected<std::string>(std::move(piece));
      }
      if (state_->is_gone) return Expected<std::string>(Gone());
      state_->when_readable = std::move(ready);
      return std::nullopt;
    }

   private:
    const Shared state_;
  };

  class Writer final : public BodyWriter {
   public:
    explicit Writer(Shared state) : state_(std::move(state)) {}
    ~Writer() override {
      Change(state_, [](State& s) {
        if (s.end == ReplyEnd::kOpen) s.end = ReplyEnd::kCutOff;
      });
    }
    Status Write(std::string_view chunk) override {
      Await(state_, [](const State& s) { return s.reads || s.is_gone; });
      const auto written = TryWrite(chunk, nullptr);
      if (!written) return written.error();
      return Ok();
    }
    Expected<bool> TryWrite(std::string_view chunk, std::function<void()> ready) override {
      bool is_gone = false;
      bool is_welcome = false;
      Change(state_, [&](State& s) {
        is_gone = s.is_gone;
        is_welcome = s.reads;
        if (is_gone) return;
        s.streamed.append(chunk);
        ++s.chunks;
        if (!is_welcome) s.when_writable = std::move(ready);
      });
      if (is_gone) return Gone();
      return is_welcome;
    }
    Status Finish() override {
      Change(state_, [](State& s) { s.end = ReplyEnd::kFinished; });
      return Ok();
    }

   private:
    const Shared state_;
  };

  class Channel final : public MessageChannel {
   public:
    explicit Channel(Shared state) : state_(std::move(state)) {}
    ~Channel() override {
      Change(state_, [](State& s) {
        if (s.end == ReplyEnd::kOpen) s.end = ReplyEnd::kCutOff;
      });
    }
    std::optional<Received> TryReceive(std::function<void()> ready) override {
      const MutexLock lock(state_->mutex);
      if (!state_->said.empty()) {
        Received received = std::move(state_->said.front());
        state_->said.pop_front();
        return received;
      }
      if (state_->is_gone) return Closed{};
      state_->when_readable = std::move(ready);
      return std::nullopt;
    }
    Expected<bool> TrySend(Message message, std::function<void()> ready) override {
      bool is_gone = false;
      bool is_welcome = false;
      Change(state_, [&](State& s) {
        is_gone = s.is_gone;
        is_welcome = s.reads;
        if (is_gone) return;
        s.heard.push_back(std::move(message));
        if (!is_welcome) s.when_writable = std::move(ready);
      });
      if (is_gone) return Gone();
      return is_welcome;
    }
    void Close(int code, std::string reason) override {
      Change(state_, [&](State& s) {
        s.closed = {.code = code, .reason = std::move(reason)};
        s.end = ReplyEnd::kClosed;
      });
    }

   private:
    const Shared state_;
  };

  class Sink final : public ReplySink {
   public:
    explicit Sink(Shared state) : state_(std::move(state)) {}
    void Send(Outcome outcome) override {
      Change(state_, [&](State& s) {
        s.outcome = std::move(outcome);
        s.end = ReplyEnd::kSent;
      });
    }
    Expected<std::unique_ptr<BodyWriter>> Begin(StreamHead head) override {
      Change(state_, [&](State& s) { s.head = std::move(head); });
      return std::unique_ptr<BodyWriter>(std::make_unique<Writer>(state_));
    }
    Expected<std::unique_ptr<MessageChannel>> Upgrade(
        std::vector<std::pair<std::string, std::string>> headers) override {
      Change(state_, [&](State& s) { s.upgrade_headers = std::move(headers); });
      return std::unique_ptr<MessageChannel>(std::make_unique<Channel>(state_));
    }
    void WhenHalfClosed(std::function<void()> callback) override {
      Change(state_, [&](State& s) {
        s.when_half_closed = std::move(callback);
        s.is_watched = true;
      });
    }
    void WhenGone(std::function<void()> callback) override {
      Change(state_, [&](State& s) {
        s.when_gone = std::move(callback);
        s.is_watched = true;
      });
    }
    void EndsItselfAtDeadline() override {
      Change(state_, [](State& s) { s.ends_itself = true; });
    }
    void Abandon() override {
      Change(state_, [](State& s) { s.end = ReplyEnd::kAbandoned; });
    }

   private:
    const Shared state_;
  };

  Shared state_;
};

}  // namespace openfc::testing
