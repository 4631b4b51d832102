#pragma once

#include "emulator/function_definition.h"
#include "emulator/platform/call.h"
#include "runtime/base/mutex.h"
#include "runtime/http/answer_writer.h"
#include "runtime/http/responder.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace openfc::emulator {

/// The answer of a function's web server on its way to the client: headers that the platform keeps
/// to itself are left out, and each piece leaves as it comes.
class ForwardedAnswer final : public AnswerSink,
                              public std::enable_shared_from_this<ForwardedAnswer> {
 public:
  /// Call Attach() next.
  ForwardedAnswer(http::Responder responder, std::string request_id, PlatformLimits limits)
      : responder_(std::move(responder)), request_id_(std::move(request_id)), limits_(limits) {}

  /// From now on it is known when the client goes.
  void Attach();

  Status Begin(int status, std::vector<std::pair<std::string, std::string>> headers) override
      EXCLUDES_LOCK(mutex_);
  Status Write(std::string_view chunk) override EXCLUDES_LOCK(mutex_);
  Status Finish() override EXCLUDES_LOCK(mutex_);
  void WhenGone(std::function<void()> callback) override EXCLUDES_LOCK(mutex_);

  /// Nothing more comes of the server: the client is answered with `otherwise`, unless the answer
  /// has begun, which is cut off unless it is complete.
  void Close(http::Response otherwise) EXCLUDES_LOCK(mutex_);

  bool IsGone() EXCLUDES_LOCK(mutex_);

 private:
  void OnGone() EXCLUDES_LOCK(mutex_);
  void OnHalfClosed() EXCLUDES_LOCK(mutex_);
  void OnRoom() EXCLUDES_LOCK(mutex_);

  Mutex mutex_;
  CondVar changed_;
  http::Responder responder_ GUARDED_BY(mutex_);
  const std::string request_id_;
  const PlatformLimits limits_;
  std::unique_ptr<http::AnswerWriter> writer_ GUARDED_BY(mutex_);  // Once it has begun.
  bool is_closed_ GUARDED_BY(mutex_) = false;                      // Nothing more is sent.
  bool is_gone_ GUARDED_BY(mutex_) = false;
  bool has_room_ GUARDED_BY(mutex_) = true;
  std::function<void()> when_gone_ GUARDED_BY(mutex_);
};

}  // namespace openfc::emulator
