#include "sandbox/api/premierlangage/json_fault.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace openfc::sandbox {
namespace {

constexpr int kDeepest = 200;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Walks a text as Python's scanner does, up to the first fault.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<std::string> Run() {
    if (text_.starts_with("\xEF\xBB\xBF")) {
      Fail("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0);
      return fault_;
    }
    SkipSpace();
    Value(0);
    SkipSpace();
    if (!fault_ && at_ < text_.size()) Fail("Extra data", at_);
    return fault_;
  }

 private:
  bool Has(char c) const { return at_ < text_.size() && text_[at_] == c; }

  void SkipSpace() {
    while (!fault_ && (Has(' ') || Has('\t') || Has('\n') || Has('\r'))) ++at_;
  }

  /// Places are counted in characters, not in bytes.
  void Fail(const std::string& what, std::size_t byte) {
    if (fault_) return;
    const std::string_view before = text_.substr(0, byte);
    const auto is_character = [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    };
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto start = before.rfind('\n');
    const auto line_text = before.substr(start == std::string_view::npos ? 0 : start + 1);
    const auto column = std::count_if(line_text.begin(), line_text.end(), is_character) + 1;
    const auto place = std::count_if(before.begin(), before.end(), is_character);
    fault_ = what + ": line " + std::to_string(line) + " column " + std::to_string(column) +
             " (char " + std::to_string(place) + ")";
  }

  bool Take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  void Value(int depth) {
    if (fault_) return;
    if (depth > kDeepest) return Fail("Nested too deep", at_);
    if (Has('"')) return String();
    if (Has('{')) return Object(depth);
    if (Has('[')) return Array(depth);
    for (const std::string_view word : {"null", "true", "false", "NaN", "Infinity", "-Infinity"}) {
      if (Take(word)) return;
    }
    if (!Number()) Fail("Expecting value", at_);
  }

  bool Number() {
    std::size_t at = at_ + (Has('-') ? 1 : 0);
    const auto digits = [this](std::size_t from) {
      while (from < text_.size() && IsDigit(text_[from])) ++from;
      return from;
    };
    if (at >= text_.size() || !IsDigit(text_[at])) return false;
    at = text_[at] == '0' ? at + 1 : digits(at);
    if (at + 1 < text_.size() && text_[at] == '.' && IsDigit(text_[at + 1])) at = digits(at + 1);
    if (at < text_.size() && (text_[at] == 'e' || text_[at] == 'E')) {
      std::size_t exponent = at + 1;
      if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) {
        ++exponent;
      }
      if (exponent < text_.size() && IsDigit(text_[exponent])) at = digits(exponent);
    }
    at_ = at;
    return true;
  }

  void Object(int depth) {
    ++at_;
    SkipSpace();
    if (Take("}")) return;
    while (!fault_) {
      if (!Has('"')) return Fail("Expecting property name enclosed in double quotes", at_);
      String();
      SkipSpace();
      if (fault_) return;
      if (!Take(":")) return Fail("Expecting ':' delimiter", at_);
      SkipSpace();
      Value(depth + 1);
      SkipSpace();
      if (fault_ || Take("}")) return;
      if (!Take(",")) return Fail("Expecting ',' delimiter", at_);
      SkipSpace();
    }
  }

  void Array(int depth) {
    ++at_;
    SkipSpace();
    if (Take("]")) return;
    while (!fault_) {
      Value(depth + 1);
      SkipSpace();
      if (fault_ || Take("]")) return;
      if (!Take(",")) return Fail("Expecting ',' delimiter", at_);
      SkipSpace();
    }
  }

  void String() {
    const std::size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"') {
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte < 0x20) return Fail("Invalid control character at", at_);
      if (text_[at_] != '\\') {
        ++at_;
        continue;
      }
      if (++at_ == text_.size()) break;
      if (!Escape()) return;
    }
    if (!Take("\"")) Fail("Unterminated string starting at", begin);
  }

  /// Behind a backslash.
  bool Escape() {
    const char c = text_[at_];
    if (c != 'u') {
      if (std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos) {
        Fail("Invalid \\escape", at_ - 1);
        return false;
      }
      ++at_;
      return true;
    }
    const std::size_t digits = at_ + 1;
    // Python wants a character behind the last digit before it looks at any.
    bool is_whole = digits + 4 < text_.size();
    for (std::size_t i = digits; is_whole && i < digits + 4; ++i) is_whole = IsHexDigit(text_[i]);
    if (!is_whole) {
      Fail("Invalid \\uXXXX escape", at_);
      return false;
    }
    at_ = digits + 4;
    return true;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::optional<std::string> fault_;
};

}  // namespace

std::optional<std::string> FindJsonFault(std::string_view text) { return Scanner(text).Run(); }

}  // namespace openfc::sandbox
