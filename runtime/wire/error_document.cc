#include "runtime/wire/error_document.h"

#include <nlohmann/json.hpp>

namespace openfc::wire {

std::string ErrorDocument(std::string_view type, std::string_view message,
                          const std::vector<std::string>& stack) {
  nlohmann::json document = {{"errorType", type}, {"errorMessage", message}};
  if (!stack.empty()) document["stackTrace"] = stack;
  return document.dump(4, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace);
}

}  // namespace openfc::wire
