#include "emulator/signature/request_text.h"

#include "runtime/wire/encoding.h"

#include <algorithm>

namespace openfc::emulator {
namespace {

bool IsUnreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::optional<unsigned> HexValue(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  const char lower = Lower(c);
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a' + 10);
  return std::nullopt;
}

/// The byte of the %XX that `text` begins with.
std::optional<char> LeadingByte(std::string_view text) {
  if (text.size() < 3 || text.front() != '%') return std::nullopt;
  const auto high = HexValue(text[1]);
  const auto low = HexValue(text[2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high << 4U | *low);
}

void AppendEncoded(std::string& text, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  if (IsUnreserved(c)) {
    text.push_back(c);
    return;
  }
  const auto byte = static_cast<unsigned char>(c);
  text.push_back('%');
  text.push_back(kDigits[byte >> 4U]);
  text.push_back(kDigits[byte & 15U]);
}

}  // namespace

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string_view PathOf(std::string_view target) { return target.substr(0, target.find('?')); }

std::vector<QueryParameter> QueryOf(std::string_view target) {
  std::vector<QueryParameter> parameters;
  const auto mark = target.find('?');
  std::string_view rest =
      mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const bool has_value = equals != std::string_view::npos;
    parameters.push_back(
        {.name = wire::DecodePercent(part.substr(0, equals), true),
         .value = has_value ? wire::DecodePercent(part.substr(equals + 1), true) : "",
         .has_value = has_value});
  }
  return parameters;
}

std::string EncodePercent(std::string_view text) {
  std::string encoded;
  for (const char c : text) AppendEncoded(encoded, c);
  return encoded;
}

std::string NormalizePath(std::string_view path) {
  std::string normal;
  while (!path.empty()) {
    const auto byte = LeadingByte(path);
    if (!byte && path.front() == '/') {
      normal.push_back('/');
    } else {
      AppendEncoded(normal, byte ? *byte : path.front());
    }
    path.remove_prefix(byte ? 3 : 1);
  }
  return normal.empty() ? "/" : normal;
}

std::optional<std::string_view> FindHeader(const SignedRequest& request, std::string_view name) {
  const auto found =
      std::find_if(request.headers.begin(), request.headers.end(),
                   [&](const SignedHeader& header) { return LowerCase(header.name) == name; });
  if (found == request.headers.end()) return std::nullopt;
  return Trim(found->value);
}

}  // namespace openfc::emulator
