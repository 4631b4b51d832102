#include "tests/bench/report.h"

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include <iterator>

namespace openfc::bench {
namespace {

using nlohmann::json;

/// A subject's rounds, put together.
struct Summary {
  Spread per_second;
  Spread cpu_us;
  double p50_us = 0;
  double p99_us = 0;
};

Summary Summarise(const Subject& subject) {
  std::vector<double> rates;
  std::vector<double> cpu;
  std::vector<double> latencies;
  for (const Round& round : subject.rounds) {
    const auto count = static_cast<double>(round.latencies_us.size());
    rates.push_back(count / std::chrono::duration<double>(round.elapsed).count());
    cpu.push_back(std::chrono::duration<double, std::micro>(round.cpu).count() / count);
    latencies.insert(latencies.end(), round.latencies_us.begin(), round.latencies_us.end());
  }
  return {.per_second = SpreadOf(rates),
          .cpu_us = SpreadOf(cpu),
          .p50_us = Percentile(latencies, 0.5),
          .p99_us = Percentile(latencies, 0.99)};
}

double CycleMicroseconds(const Summary& summary) { return 1e6 / summary.per_second.median; }

json Write(const Spread& spread) {
  return {{"median", spread.median}, {"lowest", spread.lowest}, {"highest", spread.highest}};
}

std::string Row(const Subject& subject, const Summary& floor) {
  const Summary own = Summarise(subject);
  return fmt::format("{:<34} {:>8.0f} {:>17} {:>8.1f} {:>8.1f} {:>8.1f} {:>7.2f}x {:>8.1f}\n",
                     subject.name, own.per_second.median,
                     fmt::format("{:.0f}..{:.0f}", own.per_second.lowest, own.per_second.highest),
                     own.p50_us, own.p99_us, own.cpu_us.median,
                     CycleMicroseconds(own) / CycleMicroseconds(floor), subject.pss_mb);
}

std::string StartRow(const std::string& name, const Spread& spread) {
  return fmt::format("{:<34} {:>8.1f} ms ({:.1f}..{:.1f})\n", name, spread.median, spread.lowest,
                     spread.highest);
}

}  // namespace

std::string WriteTable(const Report& report) {
  std::string text = fmt::format(
      "One invocation in flight, 20 bytes echoed, {} rounds of {} in turn. Latency: event sent to "
      "result read.\nCycle: against the bare client of two calls.\n\n",
      report.subjects.front().rounds.size(), report.invocations);
  text += fmt::format("{:<34} {:>8} {:>17} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "", "inv/s",
                      "lowest..highest", "p50 us", "p99 us", "CPU us", "cycle", "PSS MB");
  const Summary floor = Summarise(report.subjects.at(1));
  for (const Subject& subject : report.subjects) text += Row(subject, floor);
  const Spread start = SpreadOf(report.first_poll_ms);
  const Spread python = SpreadOf(report.bare_python_ms);
  text += "\n" + StartRow("bootstrap, start to first poll", start);
  text += StartRow("python3 -c pass", python);
  return text + fmt::format("{:<34} {:>8.2f}x\n", "ratio", start.median / python.median);
}

std::string WriteJson(const Report& report) {
  json subjects = json::array();
  for (const Subject& subject : report.subjects) {
    const Summary own = Summarise(subject);
    subjects.push_back({{"name", subject.name},
                        {"invocations_per_second", Write(own.per_second)},
                        {"latency_p50_us", own.p50_us},
                        {"latency_p99_us", own.p99_us},
                        {"cpu_us_per_invocation", Write(own.cpu_us)},
                        {"pss_mb", subject.pss_mb}});
  }
  const json document = {{"invocations_per_round", report.invocations},
                         {"subjects", subjects},
                         {"start_to_first_poll_ms", Write(SpreadOf(report.first_poll_ms))},
                         {"python_c_pass_ms", Write(SpreadOf(report.bare_python_ms))}};
  return document.dump(2) + "\n";
}

}  // namespace openfc::bench
