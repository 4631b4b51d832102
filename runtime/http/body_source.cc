#include "runtime/http/body_source.h"

#include "runtime/http/body_pipe.h"

#include <utility>

namespace openfc::http {

BodySource::~BodySource() { pipe_->Abandon(); }

Expected<std::string> BodySource::Read() { return pipe_->Take(); }

std::optional<Expected<std::string>> BodySource::TryRead(std::function<void()> ready) {
  return pipe_->TryTake(std::move(ready));
}

}  // namespace openfc::http
