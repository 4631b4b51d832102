#include "emulator/platform/function_table.h"

#include <algorithm>

namespace openfc::emulator {
namespace {

PlatformError NotFound(std::string code, std::string_view kind, std::string_view name) {
  return {.status = 404,
          .code = std::move(code),
          .message = std::string(kind).append(" '").append(name).append("' does not exist")};
}

}  // namespace

std::string FullNameOf(const FunctionDefinition& function) {
  return function.service_name.empty() ? function.name
                                       : function.service_name + "$" + function.name;
}

std::string QualifierOf(std::string_view service) {
  const auto dot = service.find('.');
  if (dot == std::string_view::npos || dot + 1 == service.size()) return "LATEST";
  return std::string(service.substr(dot + 1));
}

std::optional<PlatformError> CheckQualifier(std::string_view qualifier) {
  constexpr std::size_t kLongest = 128;
  const bool is_good = !qualifier.empty() && qualifier.size() <= kLongest &&
                       std::all_of(qualifier.begin(), qualifier.end(), [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                (c >= '0' && c <= '9') || c == '_' || c == '-';
                       });
  if (is_good) return std::nullopt;
  return PlatformError{.status = 400,
                       .code = "InvalidArgument",
                       .message = "a qualifier has 128 letters, digits, _ and - at most"};
}

FunctionTable::Found FunctionTable::Find(std::string_view name) const {
  const auto separator = name.find('$');
  if (separator != std::string_view::npos) {
    return Find(name.substr(0, separator), name.substr(separator + 1));
  }
  FunctionPool* found = nullptr;
  for (const auto& pool : pools_) {
    if (pool->function().name != name) continue;
    if (found != nullptr) {
      return PlatformError{.status = 400,
                           .code = "InvalidArgument",
                           .message = std::string("several services have a function '")
                                          .append(name)
                                          .append("': name one of them as 'service$")
                                          .append(name)
                                          .append("'")};
    }
    found = pool.get();
  }
  if (found == nullptr) return NotFound("FunctionNotFound", "function", name);
  return found;
}

FunctionTable::Found FunctionTable::Find(std::string_view service, std::string_view name) const {
  const std::string_view plain = service.substr(0, service.find('.'));
  bool has_service = false;
  for (const auto& pool : pools_) {
    if (pool->function().service_name != plain) continue;
    has_service = true;
    if (pool->function().name == name) return pool.get();
  }
  if (!has_service) return NotFound("ServiceNotFound", "service", plain);
  return NotFound("FunctionNotFound", "function", name);
}

}  // namespace openfc::emulator
