#include "sandbox/service/api_keys.h"

#include <algorithm>
#include <cstddef>
#include <fstream>

namespace openfc::sandbox {
namespace {

constexpr std::string_view kBearer = "Bearer ";

/// Reads both to their ends wherever they differ.
bool AreEqualInConstantTime(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (left[i] ^ right[i]));
  }
  return difference == 0;
}

bool CanBeSent(std::string_view key) {
  return std::all_of(key.begin(), key.end(), [](char sign) { return sign > ' ' && sign <= '~'; });
}

std::string_view OfferedBy(const http::Request& request) {
  const auto authorization = request.Header("authorization");
  if (authorization && authorization->size() > kBearer.size() &&
      http::EqualsIgnoringCase(authorization->substr(0, kBearer.size()), kBearer)) {
    return authorization->substr(kBearer.size());
  }
  return request.Header("x-api-key").value_or("");
}

}  // namespace

Expected<ApiKeys> ApiKeys::ReadFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Error{ErrorCode::kInvalidArgument, "cannot read the file of keys " + path};
  std::vector<std::string> keys;
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.starts_with('#')) continue;
    if (!CanBeSent(line)) {
      return Error{ErrorCode::kInvalidArgument,
                   "a key in " + path + " has blanks or characters outside of ASCII"};
    }
    keys.push_back(std::move(line));
  }
  if (keys.empty()) return Error{ErrorCode::kInvalidArgument, "there is no key in " + path};
  return ApiKeys(std::move(keys));
}

bool ApiKeys::LetsIn(const http::Request& request) const {
  return keys_.empty() || Has(OfferedBy(request));
}

bool ApiKeys::Has(std::string_view offered) const {
  bool found = false;
  for (const std::string& key : keys_) {
    found = AreEqualInConstantTime(key, offered) || found;
  }
  return found;
}

}  // namespace openfc::sandbox
