#include "tests/fakes/request.h"

#include <strings.h>

#include <cstdlib>

namespace openfc::testing {
namespace {

constexpr std::string_view kEndOfLine = "\r\n";
constexpr std::string_view kEndOfHead = "\r\n\r\n";

bool HasName(const std::string& name, std::string_view wanted) {
  return name.size() == wanted.size() &&
         ::strncasecmp(name.data(), wanted.data(), wanted.size()) == 0;
}

std::string_view TakeLine(std::string_view& text) {
  const auto end = text.find(kEndOfLine);
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + kEndOfLine.size());
  return line;
}

std::string TakeWord(std::string_view& line) {
  const auto blank = line.find(' ');
  std::string word(line.substr(0, blank));
  line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
  return word;
}

Request ParseHead(std::string_view head) {
  Request request;
  std::string_view first = TakeLine(head);
  request.method = TakeWord(first);
  request.path = TakeWord(first);
  while (!head.empty()) {
    const std::string_view line = TakeLine(head);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    request.headers.emplace_back(line.substr(0, colon), value);
  }
  return request;
}

std::size_t BodyLength(const Request& request) {
  const auto text = request.Header("content-length");
  return text ? std::strtoul(text->c_str(), nullptr, 10) : 0;
}

}  // namespace

std::optional<std::string> Request::Header(std::string_view name) const {
  for (const auto& [candidate, value] : headers) {
    if (HasName(candidate, name)) return value;
  }
  return std::nullopt;
}

std::optional<Request> RequestReader::PeekHead() const {
  const auto end = buffer_.find(kEndOfHead);
  if (end == std::string::npos) return std::nullopt;
  return ParseHead(std::string_view(buffer_).substr(0, end));
}

std::optional<Request> RequestReader::Take() {
  const auto end = buffer_.find(kEndOfHead);
  if (end == std::string::npos) return std::nullopt;
  Request request = ParseHead(std::string_view(buffer_).substr(0, end));
  const std::size_t start = end + kEndOfHead.size();
  const std::size_t length = BodyLength(request);
  if (buffer_.size() - start < length) return std::nullopt;
  request.body = buffer_.substr(start, length);
  buffer_.erase(0, start + length);
  return request;
}

}  // namespace openfc::testing
