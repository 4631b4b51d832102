#include "runtime/wire/error_document.h"

#include <nlohmann/json.hpp>

namespace openfc::wire {
namespace {

template <typename Entries>
std::string Document(std::string_view type, std::string_view message, const Entries& stack) {
  nlohmann::json document = {{"errorType", type}, {"errorMessage", message}};
  if (!stack.empty()) document["stackTrace"] = stack;
  return document.dump(4, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string ErrorDocument(std::string_view type, std::string_view message,
                          const std::vector<std::string>& stack) {
  return Document(type, message, stack);
}

std::string FaultDocument(std::string_view type, std::string_view message, const Stack& stack) {
  return Document(type, message, stack);
}

}  // namespace openfc::wire
