#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace openfc {

inline constexpr const char* kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

/// Figures in Prometheus's text format, one after the other.
class MetricsPage {
 public:
  /// Before the figures of that name; `kind` is counter, gauge or histogram.
  void Describe(std::string_view name, std::string_view kind, std::string_view help);

  /// `labels` as they stand between the braces; empty: none.
  void Add(std::string_view name, std::string_view labels, std::int64_t value);
  void Add(std::string_view name, std::string_view labels, std::uint64_t value);
  void Add(std::string_view name, std::string_view labels, double value);

  /// How many were below each of `bounds`, and above the one before, then how many above all; `sum`
  /// is of all of them.
  void AddHistogram(std::string_view name, std::span<const double> bounds,
                    std::span<const std::uint64_t> counts, double sum);

  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace openfc
