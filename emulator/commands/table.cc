#include "emulator/commands/table.h"

#include "emulator/commands/terminal.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace openfc::emulator {
namespace {

constexpr std::string_view kPlain = "\x1b[0m";

std::string_view CodeOf(Paint paint) {
  switch (paint) {
    case Paint::kPlain:
      return kPlain;
    case Paint::kBold:
      return "\x1b[1m";
    case Paint::kDim:
      return "\x1b[2m";
    case Paint::kGreen:
      return "\x1b[32m";
    case Paint::kRed:
      return "\x1b[31m";
    case Paint::kYellow:
      return "\x1b[33m";
    case Paint::kCyan:
      return "\x1b[36m";
  }
  return kPlain;
}

/// Columns that a text takes: its characters, without what paints them.
std::size_t WidthOf(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = std::min(text.find('m', i), text.size());
    } else if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) {
      ++width;
    }
  }
  return width;
}

}  // namespace

std::string Painted(const std::string& text, Paint paint) {
  if (paint == Paint::kPlain || !IsOnTerminal()) return text;
  return std::string(CodeOf(paint)).append(text).append(kPlain);
}

std::string Table::Text() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], WidthOf(row[i]));
  }
  std::string text;
  for (std::size_t number = 0; number < rows_.size(); ++number) {
    std::string line;
    for (std::size_t i = 0; i < rows_[number].size(); ++i) {
      const std::string& cell = rows_[number][i];
      line.append(number == 0 ? Painted(cell, Paint::kBold) : cell);
      line.append(widths[i] - WidthOf(cell) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text.append(line).append("\n");
  }
  return text;
}

std::string ShortTime(std::chrono::seconds length) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  const std::int64_t seconds = std::max<std::int64_t>(length.count(), 0);
  if (seconds < 2 * kMinute) return std::to_string(seconds) + " s";
  if (seconds < 2 * kHour) return std::to_string(seconds / kMinute) + " min";
  if (seconds < 2 * kDay) return std::to_string(seconds / kHour) + " h";
  return std::to_string(seconds / kDay) + " d";
}

}  // namespace openfc::emulator
