#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace openfc::emulator {

enum class Paint { kPlain, kBold, kDim, kGreen, kRed, kYellow, kCyan };

/// `text` in a colour, where a person looks at standard output; otherwise as it is.
std::string Painted(const std::string& text, Paint paint);

/// Rows of cells for a person: columns as wide as they need to be, the first row their titles.
class Table {
 public:
  explicit Table(std::vector<std::string> titles) : rows_{std::move(titles)} {}

  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool IsEmpty() const { return rows_.size() == 1; }

  std::string Text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// `48 s`, `5 min`, `3 h`, `2 d`: how long something has been.
std::string ShortTime(std::chrono::seconds length);

}  // namespace openfc::emulator
