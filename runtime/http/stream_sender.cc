#include "runtime/http/stream_sender.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

namespace openfc::http {
namespace {

void AppendChunkSize(std::size_t size, std::string& out) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
  out.append(digits.data(), end).append("\r\n");
}

}  // namespace

AnswerStream::End StreamSender::Pump(Outbox& outbox) {
  auto batch = stream_->Take();
  if (!batch.bytes.empty()) Frame(std::move(batch.bytes), outbox);
  if (batch.end != AnswerStream::End::kComplete) return batch.end;
  if (framing_.kind == Framing::Kind::kLength && framing_.length > 0) {
    return AnswerStream::End::kCutOff;
  }
  if (framing_.kind == Framing::Kind::kChunks) outbox.Tail().append("0\r\n\r\n");
  return AnswerStream::End::kComplete;
}

void StreamSender::Frame(std::string bytes, Outbox& outbox) {
  switch (framing_.kind) {
    case Framing::Kind::kNoBody:
      return;
    case Framing::Kind::kLength:
      if (bytes.size() > framing_.length) bytes.resize(framing_.length);
      framing_.length -= bytes.size();
      outbox.Add(std::move(bytes));
      return;
    case Framing::Kind::kChunks:
      AppendChunkSize(bytes.size(), outbox.Tail());
      outbox.Add(std::move(bytes));
      outbox.Tail().append("\r\n");
      return;
    case Framing::Kind::kToClose:
      outbox.Add(std::move(bytes));
      return;
  }
}

}  // namespace openfc::http
