#pragma once

#include "runtime/http/body_source.h"
#include "runtime/invoke/invocation.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace openfc {

/// The body of an invocation that comes while it is read.
class HttpBodyReader final : public BodyReader {
 public:
  explicit HttpBodyReader(std::unique_ptr<http::BodySource> source) : source_(std::move(source)) {}

  Expected<std::string> Read() override { return source_->Read(); }
  std::optional<Expected<std::string>> TryRead(std::function<void()> ready) override {
    return source_->TryRead(std::move(ready));
  }

 private:
  const std::unique_ptr<http::BodySource> source_;
};

}  // namespace openfc
