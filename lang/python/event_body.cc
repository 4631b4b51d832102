#include "lang/python/event_body.h"

#include <utility>

namespace openfc::python {

Expected<std::string> WholeBody(Invocation& invocation) {
  if (auto* bytes = std::get_if<std::string>(&invocation.body)) return std::move(*bytes);
  auto& reader = *std::get<std::unique_ptr<BodyReader>>(invocation.body);
  std::string body;
  while (true) {
    auto chunk = reader.Read();
    if (!chunk) return chunk.error();
    if (chunk->empty()) return body;
    body += *chunk;
  }
}

}  // namespace openfc::python
