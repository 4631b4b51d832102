#pragma once

#include "runtime/invoke/reply.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace openfc::testing {

/// What became of a Reply; outlives it.
struct ReplyRecord {
  std::optional<Outcome> sent;
  std::optional<StreamHead> begun;
  std::string streamed;
  bool finished = false;
  bool abandoned = false;
  bool ends_itself = false;  // Said that it ends itself at its deadline.
};

/// A door that writes down what it is told. Streams only when `can_stream`.
class FakeReplySink final : public ReplySink {
 public:
  explicit FakeReplySink(ReplyRecord& record, bool can_stream = false)
      : record_(record), can_stream_(can_stream) {}

  void Send(Outcome outcome) override { record_.sent = std::move(outcome); }

  Expected<std::unique_ptr<BodyWriter>> Begin(StreamHead head) override {
    if (!can_stream_) return Error{ErrorCode::kInvalidArgument, "this door does not stream"};
    record_.begun = std::move(head);
    return std::unique_ptr<BodyWriter>(std::make_unique<Writer>(record_));
  }

  void EndsItselfAtDeadline() override { record_.ends_itself = true; }

  void Abandon() override { record_.abandoned = true; }

 private:
  class Writer final : public BodyWriter {
   public:
    explicit Writer(ReplyRecord& record) : record_(record) {}
    Status Write(std::string_view chunk) override {
      record_.streamed.append(chunk);
      return Ok();
    }
    Expected<bool> TryWrite(std::string_view chunk, std::function<void()> /*ready*/) override {
      record_.streamed.append(chunk);
      return true;
    }
    Status Finish() override {
      record_.finished = true;
      return Ok();
    }

   private:
    ReplyRecord& record_;
  };

  ReplyRecord& record_;
  const bool can_stream_;
};

inline Reply MakeFakeReply(ReplyRecord& record, bool can_stream = false) {
  return Reply(std::make_unique<FakeReplySink>(record, can_stream));
}

}  // namespace openfc::testing
