#include "runtime/base/metrics_page.h"

#include <spdlog/fmt/fmt.h>

#include <iterator>

namespace openfc {
namespace {

template <typename Number>
void AppendLine(std::string& text, std::string_view name, std::string_view labels, Number value) {
  if (labels.empty()) {
    fmt::format_to(std::back_inserter(text), "{} {}\n", name, value);
  } else {
    fmt::format_to(std::back_inserter(text), "{}{{{}}} {}\n", name, labels, value);
  }
}

}  // namespace

void MetricsPage::Describe(std::string_view name, std::string_view kind, std::string_view help) {
  fmt::format_to(std::back_inserter(text_), "# HELP {0} {2}\n# TYPE {0} {1}\n", name, kind, help);
}

void MetricsPage::Add(std::string_view name, std::string_view labels, std::int64_t value) {
  AppendLine(text_, name, labels, value);
}

void MetricsPage::Add(std::string_view name, std::string_view labels, std::uint64_t value) {
  AppendLine(text_, name, labels, value);
}

void MetricsPage::Add(std::string_view name, std::string_view labels, double value) {
  AppendLine(text_, name, labels, value);
}

void MetricsPage::AddHistogram(std::string_view name, std::span<const double> bounds,
                               std::span<const std::uint64_t> counts, double sum) {
  const std::string bucket = std::string(name) + "_bucket";
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    count += counts[i];
    Add(bucket, fmt::format(R"(le="{}")", bounds[i]), count);
  }
  count += counts.back();
  Add(bucket, R"(le="+Inf")", count);
  Add(std::string(name) + "_sum", "", sum);
  Add(std::string(name) + "_count", "", count);
}

}  // namespace openfc
