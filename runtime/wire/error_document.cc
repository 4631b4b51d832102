#include "runtime/wire/error_document.h"

#include <nlohmann/json.hpp>

namespace openfc::wire {

namespace {

using nlohmann::json;

json Document(std::string_view type, std::string_view message,
              const std::vector<std::string>& stack) {
  json document = {{"errorType", type}, {"errorMessage", message}};
  if (!stack.empty()) document["stackTrace"] = stack;
  return document;
}

}  // namespace

std::string ErrorDocument(std::string_view type, std::string_view message,
                          const std::vector<std::string>& stack) {
  return Document(type, message, stack)
      .dump(4, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
}

std::string LambdaErrorDocument(std::string_view type, std::string_view message,
                                const std::vector<std::string>& stack) {
  return Document(type, message, stack)
      .dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
}

}  // namespace openfc::wire
