#include "sandbox/api/premierlangage/python_words.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace openfc::sandbox {
namespace {

using Json = nlohmann::ordered_json;

/// What printable text escapes: controls, the quote, the backslash.
std::string QuotedText(const std::string& text) {
  const bool has_single = text.find('\'') != std::string::npos;
  const char quote = has_single && text.find('"') == std::string::npos ? '"' : '\'';
  std::string quoted(1, quote);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      quoted.append(1, '\\').append(1, c);
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\r') {
      quoted += "\\r";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      std::array<char, 8> escape{};
      (void)std::snprintf(escape.data(), escape.size(), "\\x%02x", static_cast<unsigned>(byte));
      quoted += escape.data();
    } else {
      quoted += c;
    }
  }
  return quoted.append(1, quote);
}

std::string ReprOf(const Json& value);

std::string ListText(const Json& list) {
  std::string text = "[";
  for (const Json& item : list) {
    if (text.size() > 1) text += ", ";
    text += ReprOf(item);
  }
  return text + "]";
}

std::string DictText(const Json& object) {
  std::string text = "{";
  for (const auto& [name, value] : object.items()) {
    if (text.size() > 1) text += ", ";
    text.append(QuotedText(name)).append(": ").append(ReprOf(value));
  }
  return text + "}";
}

/// The character at the end of `text`, its whole sequence.
std::string_view LastCharacter(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
  return text.substr(at);
}

std::string_view FirstCharacter(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  return text.substr(0, end);
}

bool IsSpace(std::string_view character) {
  if (character.size() == 1) {
    const char c = character[0];
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
  }
  constexpr std::array<std::string_view, 19> kSpaces{
      "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
      "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
      "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};
  return std::find(kSpaces.begin(), kSpaces.end(), character) != kSpaces.end();
}

std::string TypeOf(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "<class 'NoneType'>";
    case Json::value_t::object:
      return "<class 'dict'>";
    case Json::value_t::array:
      return "<class 'list'>";
    case Json::value_t::string:
      return "<class 'str'>";
    case Json::value_t::boolean:
      return "<class 'bool'>";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return "<class 'int'>";
    case Json::value_t::number_float:
      return "<class 'float'>";
    case Json::value_t::binary:
    case Json::value_t::discarded:
      break;
  }
  return "<class 'object'>";
}

std::string ReprOf(const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      return DictText(value);
    case Json::value_t::array:
      return ListText(value);
    case Json::value_t::string:
      return QuotedText(value.get_ref<const std::string&>());
    case Json::value_t::boolean:
      return value.get<bool>() ? "True" : "False";
    case Json::value_t::number_float:
      return PythonFloat(value.get<double>());
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return value.dump();
    case Json::value_t::null:
    case Json::value_t::binary:
    case Json::value_t::discarded:
      break;
  }
  return "None";
}

Json Parsed(std::string_view json) {
  return Json::parse(json, nullptr, /*allow_exceptions=*/false);
}

}  // namespace

std::string PythonTypeOf(std::string_view json) { return TypeOf(Parsed(json)); }

std::string PythonRepr(std::string_view json) { return ReprOf(Parsed(json)); }

std::string PythonStr(std::string_view json) {
  const Json value = Parsed(json);
  return value.is_string() ? value.get<std::string>() : ReprOf(value);
}

std::string PythonFloat(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  std::array<char, 32> raw{};
  // The shortest digits that read back as the same number.
  const auto end =
      std::to_chars(raw.data(), raw.data() + raw.size(), number, std::chars_format::scientific);
  std::string text(raw.data(), end.ptr);
  const long exponent = std::strtol(text.c_str() + text.find('e') + 1, nullptr, 10);
  constexpr int kFirstLarge = 16;
  if (number != 0 && (exponent < -4 || exponent >= kFirstLarge)) return text;
  const auto plain =
      std::to_chars(raw.data(), raw.data() + raw.size(), number, std::chars_format::fixed);
  std::string fixed(raw.data(), plain.ptr);
  return fixed.find('.') == std::string::npos ? fixed + ".0" : fixed;
}

std::string_view Stripped(std::string_view text) {
  while (!text.empty()) {
    const std::string_view first = FirstCharacter(text);
    if (!IsSpace(first)) break;
    text.remove_prefix(first.size());
  }
  while (!text.empty()) {
    const std::string_view last = LastCharacter(text);
    if (!IsSpace(last)) break;
    text.remove_suffix(last.size());
  }
  return text;
}

}  // namespace openfc::sandbox
