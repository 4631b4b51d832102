#include "emulator/platform/forwarded_answer.h"

#include "emulator/platform/http_limits.h"
#include "emulator/platform/invoke_api.h"
#include "runtime/http/request.h"
#include "runtime/wire/http_trigger.h"

namespace openfc::emulator {
namespace {

Error NobodyWants() { return {ErrorCode::kCancelled, "nobody waits for this answer any more"}; }

/// What of it reaches the client; its length, where it tells one, frames it there too.
http::HeaderList Passed(std::vector<std::pair<std::string, std::string>> headers) {
  std::erase_if(headers, [](const auto& header) {
    return wire::IsReservedAnswerHeader(header.first) &&
           !http::EqualsIgnoringCase(header.first, "content-length");
  });
  return headers;
}

}  // namespace

void ForwardedAnswer::Attach() {
  MutexLock lock(mutex_);
  responder_.WhenGone([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->OnGone();
  });
  responder_.WhenHalfClosed([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->OnHalfClosed();
  });
}

Status ForwardedAnswer::Begin(int status,
                              std::vector<std::pair<std::string, std::string>> headers) {
  http::Response head{.status = status, .headers = Passed(std::move(headers))};
  const auto refusal = CheckAnswerHead(head, limits_);
  head.headers.emplace_back("X-Fc-Request-Id", request_id_);
  MutexLock lock(mutex_);
  if (is_closed_) return NobodyWants();
  if (refusal) {
    is_closed_ = true;
    std::move(responder_).Send(PlatformErrorAnswer(*refusal, request_id_, /*is_fc3=*/true));
    return Error{ErrorCode::kProtocol, refusal->message};
  }
  auto writer = responder_.Begin(std::move(head));
  if (!writer) return writer.error();
  writer_ = *std::move(writer);
  return Ok();
}

Status ForwardedAnswer::Write(std::string_view chunk) {
  MutexLock lock(mutex_);
  while (!has_room_ && !is_closed_) changed_.Wait(mutex_);
  if (is_closed_) return NobodyWants();
  const auto room = writer_->TryWrite(chunk, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->OnRoom();
  });
  if (!room) return room.error();
  has_room_ = *room;
  return Ok();
}

Status ForwardedAnswer::Finish() {
  MutexLock lock(mutex_);
  if (is_closed_) return NobodyWants();
  is_closed_ = true;
  return writer_->Finish();
}

void ForwardedAnswer::WhenGone(std::function<void()> callback) {
  MutexLock lock(mutex_);
  when_gone_ = std::move(callback);
}

void ForwardedAnswer::Close(http::Response otherwise) {
  std::unique_ptr<http::AnswerWriter> cut_off;
  {
    MutexLock lock(mutex_);
    if (is_closed_) return;
    is_closed_ = true;
    if (writer_ == nullptr) {
      std::move(responder_).Send(std::move(otherwise));
    }
    cut_off = std::move(writer_);
  }
  changed_.NotifyAll();
}

bool ForwardedAnswer::IsGone() {
  MutexLock lock(mutex_);
  return is_gone_;
}

void ForwardedAnswer::OnGone() {
  std::function<void()> callback;
  {
    MutexLock lock(mutex_);
    is_gone_ = true;
    is_closed_ = true;
    callback = std::move(when_gone_);
    when_gone_ = nullptr;
  }
  changed_.NotifyAll();
  if (callback) callback();
}

/// A client may do that and wait for its answer; who does it during one has most likely gone, and a
/// stream of events would not find out before the next.
void ForwardedAnswer::OnHalfClosed() {
  {
    MutexLock lock(mutex_);
    if (writer_ == nullptr) return;
  }
  OnGone();
}

void ForwardedAnswer::OnRoom() {
  {
    MutexLock lock(mutex_);
    has_room_ = true;
  }
  changed_.NotifyAll();
}

}  // namespace openfc::emulator
