#pragma once

#include "runtime/http/answer_writer.h"
#include "runtime/invoke/reply.h"

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace openfc {

/// A streamed answer of the HTTP mode.
class HttpBodyWriter final : public BodyWriter {
 public:
  explicit HttpBodyWriter(std::unique_ptr<http::AnswerWriter> writer)
      : writer_(std::move(writer)) {}

  Status Write(std::string_view chunk) override { return writer_->Write(chunk); }
  Expected<bool> TryWrite(std::string_view chunk, std::function<void()> ready) override {
    return writer_->TryWrite(chunk, std::move(ready));
  }
  Status Finish() override { return writer_->Finish(); }

 private:
  const std::unique_ptr<http::AnswerWriter> writer_;
};

}  // namespace openfc
