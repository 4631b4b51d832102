#include "runtime/wire/error_document.h"

#include <nlohmann/json.hpp>

namespace openfc::wire {
namespace {

using nlohmann::json;

template <typename Entries>
json Document(std::string_view type, std::string_view message, const Entries& stack) {
  json document = {{"errorType", type}, {"errorMessage", message}};
  if (!stack.empty()) document["stackTrace"] = stack;
  return document;
}

std::string Indented(const json& document) {
  return document.dump(4, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
}

}  // namespace

std::string ErrorDocument(std::string_view type, std::string_view message,
                          const std::vector<std::string>& stack) {
  return Indented(Document(type, message, stack));
}

std::string FaultDocument(std::string_view type, std::string_view message, const Stack& stack) {
  return Indented(Document(type, message, stack));
}

std::string LambdaErrorDocument(std::string_view type, std::string_view message,
                                const std::vector<std::string>& stack) {
  return Document(type, message, stack)
      .dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
}

}  // namespace openfc::wire
