#include "tests/bench/report.h"

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

namespace openfc::bench {
namespace {

using nlohmann::json;

/// A subject's rounds, put together.
struct Summary {
  Spread per_second;
  Spread cpu_us;
  double p50_us = 0;
  double p99_us = 0;
  std::size_t wrong_answers = 0;
};

Summary Summarise(const Row& row) {
  std::vector<double> cpu;
  std::vector<double> latencies;
  Summary summary;
  for (const Round& round : row.rounds) {
    const auto count = static_cast<double>(round.latencies_us.size());
    cpu.push_back(std::chrono::duration<double, std::micro>(round.cpu).count() / count);
    latencies.insert(latencies.end(), round.latencies_us.begin(), round.latencies_us.end());
    summary.wrong_answers += round.wrong_answers;
  }
  summary.per_second = SpreadOf(row.PerSecond());
  summary.cpu_us = SpreadOf(cpu);
  summary.p50_us = Percentile(latencies, 0.5);
  summary.p99_us = Percentile(latencies, 0.99);
  return summary;
}

json Write(const Spread& spread) {
  return {{"median", spread.median}, {"lowest", spread.lowest}, {"highest", spread.highest}};
}

std::string Range(const Spread& spread) {
  return fmt::format("{:.0f}..{:.0f}", spread.lowest, spread.highest);
}

std::string RateCells(const Row& row) {
  if (row.rounds.empty()) return fmt::format("{:>9} {:>15} {:>9} {:>9} {:>8}", "", "", "", "", "");
  const Summary own = Summarise(row);
  return fmt::format("{:>9.0f} {:>15} {:>9.0f} {:>9.0f} {:>8.0f}", own.per_second.median,
                     Range(own.per_second), own.p50_us, own.p99_us, own.cpu_us.median);
}

std::string Cell(const std::vector<double>& values) {
  return values.empty() ? fmt::format("{:>9}", "")
                        : fmt::format("{:>9.1f}", SpreadOf(values).median);
}

std::string WriteRow(const Row& row) {
  if (!row.failure.empty()) return fmt::format("{:<38} not measured: {}\n", row.name, row.failure);
  return fmt::format("{:<38} {} {} {}\n", row.name, RateCells(row), Cell(row.first_poll_ms),
                     Cell(row.pss_mb));
}

std::string WriteVerdict(const Verdict& verdict) {
  const std::string figure = verdict.ratio
                                 ? fmt::format("{:.2f} ({:.2f}..{:.2f})", verdict.ratio->median,
                                               verdict.ratio->lowest, verdict.ratio->highest)
                                 : "no figure (" + verdict.remark + ")";
  return fmt::format("  target: {}: {}: {}\n", verdict.target, figure,
                     verdict.is_reached ? "reached" : "NOT REACHED");
}

json WriteRowJson(const Row& row) {
  json written = {{"name", row.name}};
  if (!row.failure.empty()) written["failure"] = row.failure;
  if (!row.rounds.empty()) {
    const Summary own = Summarise(row);
    written["invocations_per_second"] = Write(own.per_second);
    written["latency_p50_us"] = own.p50_us;
    written["latency_p99_us"] = own.p99_us;
    written["cpu_us_per_invocation"] = Write(own.cpu_us);
    written["wrong_answers"] = own.wrong_answers;
  }
  if (!row.first_poll_ms.empty()) written["first_poll_ms"] = Write(SpreadOf(row.first_poll_ms));
  if (!row.pss_mb.empty()) written["pss_mb"] = Write(SpreadOf(row.pss_mb));
  return written;
}

json WriteVerdictJson(const Verdict& verdict) {
  json written = {{"target", verdict.target}, {"reached", verdict.is_reached}};
  if (verdict.ratio) written["ratio"] = Write(*verdict.ratio);
  if (!verdict.remark.empty()) written["remark"] = verdict.remark;
  return written;
}

}  // namespace

std::string WriteTable(const Result& result) {
  std::string text = fmt::format("\n{}: {}\n{:<38} {:>9} {:>15} {:>9} {:>9} {:>8} {:>9} {:>9}\n",
                                 result.name, result.title, "", "inv/s", "lowest..highest",
                                 "p50 us", "p99 us", "CPU us", "start ms", "PSS MB");
  for (const Row& row : result.rows) text += WriteRow(row);
  for (const Verdict& verdict : result.verdicts) text += WriteVerdict(verdict);
  return text;
}

std::string WriteJson(const std::vector<Result>& results) {
  json document = json::array();
  for (const Result& result : results) {
    json rows = json::array();
    for (const Row& row : result.rows) rows.push_back(WriteRowJson(row));
    json targets = json::array();
    for (const Verdict& verdict : result.verdicts) targets.push_back(WriteVerdictJson(verdict));
    document.push_back({{"scenario", result.name},
                        {"title", result.title},
                        {"subjects", rows},
                        {"targets", targets}});
  }
  return document.dump(2) + "\n";
}

}  // namespace openfc::bench
