// The scenarios that start programs anew for each figure.

#include "tests/bench/scenario_list.h"
#include "tests/bench/subjects.h"
#include "tests/bench/verdict.h"
#include "tests/fakes/temp_dir.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <stdexcept>

namespace openfc::bench {
namespace {

using Clock = std::chrono::steady_clock;
using testing::TempDir;

constexpr std::string_view kEcho = "def handler(event, context):\n    return event\n";

// A table of a few hundred thousand small objects, and a collection at each call: what makes memory
// that was shared at the fork private again, if anything does.
constexpr std::string_view kLarge = R"(
import gc

TABLE = {i: "entry %020d" % i for i in range(700_000)}

def handler(event, context):
    gc.collect()
    assert TABLE[len(event)]
    return event
)";

void MeasureStart(const Subject& subject, const TempDir& code, Row& row) {
  row.name = subject.name;
  if (row.failure.empty()) try {
      row.first_poll_ms.push_back(Contestant(subject, {}, code.path()).first_poll_ms());
    } catch (const std::runtime_error& error) {
      row.failure = error.what();
    }
}

void MeasurePlainPython(Row& row) {
  testing::ProgramOptions pass;
  pass.arguments = {"-c", "pass"};
  const auto start = Clock::now();
  testing::Program python(OPENFC_REFERENCE_PYTHON, pass);
  (void)python.AwaitEnd();
  row.first_poll_ms.push_back(
      std::chrono::duration<double, std::milli>(Clock::now() - start).count());
}

/// Once each worker has worked, the memory of all. Throws when there are fewer workers than asked.
double MeasureMemory(std::size_t workers, const TempDir& code) {
  constexpr std::size_t kWindow = 4;
  Contestant contestant(OurWorkers(workers, kWindow), {.window = kWindow}, code.path());
  contestant.AwaitPolls(workers);  // An idle one would be asked for nothing, and share all it has.
  const Round round = contestant.Run({.count = 20 * kWindow});
  if (round.wrong_answers > 0) throw std::runtime_error("wrong answers");
  const std::size_t processes = contestant.processes();
  if (processes < workers + 1) {
    throw std::runtime_error(fmt::format("OPENFC_WORKERS={} has {} processes", workers, processes));
  }
  return contestant.PssMegabytes();
}

void MeasureMemory(std::size_t workers, const TempDir& code, Row& row) {
  row.name = OurWorkers(workers, 1).name;
  if (row.failure.empty()) try {
      row.pss_mb.push_back(MeasureMemory(workers, code));
    } catch (const std::runtime_error& error) {
      row.failure = error.what();
    }
}

}  // namespace

Result RunStart(const Options& options) {
  const TempDir code;
  (void)code.WriteFile("index.py", kEcho);
  std::vector<Subject> subjects = {OurRuntime(), OurWorkers(1, 1)};
  if (!options.awslambdaric.empty()) subjects.push_back(Awslambdaric(options.awslambdaric));
  Result result{.name = "start",
                .title = "Start to first poll, against the whole of python3 -c pass"};
  result.rows.resize(subjects.size());
  Row python{.name = "python3 -c pass"};
  for (std::size_t i = 0; i < 2 * options.rounds; ++i) {
    for (std::size_t j = 0; j < subjects.size(); ++j) {
      MeasureStart(subjects[j], code, result.rows[j]);
    }
    MeasurePlainPython(python);
  }
  result.verdicts = {
      Judge({.text = "1.5 times python3 -c pass", .goal = Goal::kAtMost, .factor = 1.5},
            result.rows.front().first_poll_ms, python.first_poll_ms)};
  result.rows.push_back(std::move(python));
  return result;
}

Result RunMemory(const Options& options) {
  const TempDir code;
  (void)code.WriteFile("index.py", kLarge);
  Result result{.name = "memory", .title = "Memory of 4 workers of a module that holds 100 MB"};
  Row one;
  Row four;
  for (std::size_t i = 0; i < options.rounds; ++i) {
    MeasureMemory(1, code, one);
    MeasureMemory(4, code, four);
  }
  const Target target{
      .text = "under 1.5 times the memory of one", .goal = Goal::kAtMost, .factor = 1.5};
  result.verdicts = {Judge(target, four.pss_mb, one.pss_mb)};
  if (!four.failure.empty()) {
    result.verdicts = {{.target = target.text, .ratio = {}, .remark = four.failure}};
  }
  result.rows = {std::move(one), std::move(four)};
  return result;
}

}  // namespace openfc::bench
