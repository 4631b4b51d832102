#include "lang/python/request_paths.h"

#include <cstddef>
#include <optional>

namespace openfc::python {
namespace {

std::optional<unsigned> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

/// Path and query of `http://host/path?query`, which a proxy is asked with.
std::string_view WithoutOrigin(std::string_view target) {
  const std::size_t scheme_end = target.find("://");
  if (target.empty() || target.front() == '/' || scheme_end == std::string_view::npos) {
    return target;
  }
  const std::size_t path = target.find_first_of("/?", scheme_end + 3);
  return path == std::string_view::npos ? std::string_view() : target.substr(path);
}

bool StandsBefore(std::string_view root, std::string_view path) {
  return path.substr(0, root.size()) == root &&
         (path.size() == root.size() || path[root.size()] == '/');
}

}  // namespace

RequestPaths PathsOf(const HttpRequest& request) {
  std::string_view root = request.base_path;
  while (!root.empty() && root.back() == '/') root.remove_suffix(1);
  const std::string_view target = WithoutOrigin(request.target);
  const std::size_t question_mark = target.find('?');
  std::string_view path = target.substr(0, question_mark);
  RequestPaths paths;
  if (question_mark != std::string_view::npos) paths.query = target.substr(question_mark + 1);
  if (!root.empty() && StandsBefore(root, path)) path.remove_prefix(root.size());
  paths.root = PercentDecoded(root);
  paths.path = path.empty() && root.empty() ? "/" : PercentDecoded(path);
  paths.raw_path = std::string(root).append(path.empty() && root.empty() ? "/" : path);
  return paths;
}

std::string PercentDecoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = HexDigit(text[i + 1]);
      const auto low = HexDigit(text[i + 2]);
      if (high && low) {
        decoded += static_cast<char>(*high * 16 + *low);
        i += 2;
        continue;
      }
    }
    decoded += text[i];
  }
  return decoded;
}

}  // namespace openfc::python
