#include "runtime/http/answer_writer.h"

#include "runtime/http/answer_stream.h"

#include <utility>

namespace openfc::http {

AnswerWriter::~AnswerWriter() { stream_->CutOff(); }

Status AnswerWriter::Write(std::string_view chunk) {
  auto room = stream_->AwaitRoom();
  if (!room) return room;
  const auto put = stream_->Put(chunk, nullptr);
  if (!put) return put.error();
  return Ok();
}

Expected<bool> AnswerWriter::TryWrite(std::string_view chunk, std::function<void()> ready) {
  return stream_->Put(chunk, std::move(ready));
}

Status AnswerWriter::Finish() { return stream_->Complete(); }

}  // namespace openfc::http
