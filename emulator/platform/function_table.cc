#include "emulator/platform/function_table.h"

#include <algorithm>
#include <utility>

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

void FunctionTable::Remove(const FunctionPool& pool) {
  const auto found = std::find_if(pools_.begin(), pools_.end(),
                                  [&pool](const auto& other) { return other.get() == &pool; });
  if (found == pools_.end()) return;
  removed_.push_back(std::move(*found));
  pools_.erase(found);
}

void FunctionTable::Sweep() {
  std::erase_if(removed_, [](const auto& pool) { return pool->IsEmpty() && pool->waiting() == 0; });
}

std::vector<FunctionPool*> FunctionTable::All() const {
  std::vector<FunctionPool*> all;
  for (const auto& pool : pools_) all.push_back(pool.get());
  for (const auto& pool : removed_) all.push_back(pool.get());
  return all;
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
