// The scenarios whose figure is invocations a second.

#include "tests/bench/contest.h"
#include "tests/bench/scenario_list.h"
#include "tests/bench/subjects.h"
#include "tests/bench/verdict.h"

#include <spdlog/fmt/fmt.h>

namespace openfc::bench {
namespace {

constexpr std::string_view kEcho = "def handler(event, context):\n    return event\n";

constexpr std::string_view kNap = R"(
import asyncio
import time

def handler(event, context):
    time.sleep(0.1)
    return event

async def async_handler(event, context):
    await asyncio.sleep(0.1)
    return event
)";

constexpr std::string_view kBurn = R"(
def handler(event, context):
    sum(i * i for i in range(50_000))
    return event
)";

/// A JSON document of many small objects, as awslambdaric's encoder writes it.
std::string Document(std::size_t bytes) {
  std::string text = "[";
  for (int i = 0; text.size() + 64 < bytes; ++i) {
    text += fmt::format("{{\"id\": {}, \"name\": \"item {}\"}}, ", i, i);
  }
  return text + "\"" + std::string(bytes - text.size() - 3, 'x') + "\"]";
}

Row NotGiven() {
  return {.name = "awslambdaric, AWS's dialect", .failure = "no Python with it was given"};
}

/// The rows, and at the end always one for awslambdaric.
std::vector<Row> CompeteWithAwslambdaric(Contest contest, const Options& options) {
  if (!options.awslambdaric.empty()) {
    contest.subjects.push_back(Awslambdaric(options.awslambdaric));
  }
  auto rows = Compete(contest, options);
  if (options.awslambdaric.empty()) rows.push_back(NotGiven());
  return rows;
}

}  // namespace

Result RunEcho1(const Options& options) {
  Result result{.name = "echo1", .title = "Echo of 20 bytes, 1 in flight"};
  result.rows =
      CompeteWithAwslambdaric({.code = kEcho,
                               .subjects = {OurRuntime(), BareClient(Calls::kTwo),
                                            BareClient(Calls::kTogether), OurRuntimeForAws()},
                               .invocations = 4000},
                              options);
  const Row& ours = result.rows.front();
  result.verdicts = {
      JudgeRates({.text = "0.85 of the two-call floor", .factor = 0.85}, ours, result.rows.at(1)),
      JudgeRates({.text = "2 times awslambdaric (ours in FC's dialect)", .factor = 2}, ours,
                 result.rows.back())};
  return result;
}

Result RunEcho16(const Options& options) {
  constexpr std::size_t kWindow = 16;
  Result result{.name = "echo16",
                .title =
                    "Echo of 20 bytes, 16 in flight (ours: FC_CONCURRENT_LIMIT=16; the floors: "
                    "16 connections, one epoll, one thread)"};
  result.rows = Compete({.code = kEcho,
                         .workload = {.window = kWindow},
                         .subjects = {OurRuntime(kWindow), BareClient(Calls::kTwo, kWindow),
                                      BareClient(Calls::kTogether, kWindow)},
                         .invocations = 16000},
                        options);
  result.verdicts = {JudgeRates({.text = "0.5 of the two-call floor", .factor = 0.5},
                                result.rows.front(), result.rows.at(1))};
  return result;
}

Result RunSleep100(const Options& options) {
  constexpr std::size_t kWindow = 100;
  constexpr double kIdeal = 1000;  // A hundred at once, each a tenth of a second.
  Result result{.name = "sleep100", .title = "100 handlers at once that sleep 100 ms"};
  Contest contest{.code = kNap,
                  .workload = {.window = kWindow},
                  .subjects = {OurRuntime(kWindow)},
                  .invocations = 1000};
  for (const std::string name : {"handler", "async_handler"}) {
    contest.workload.handler = "index." + name;
    Row row = Compete(contest, options).front();
    row.name += name == "handler" ? ", time.sleep" : ", async def";
    result.verdicts.push_back(JudgeIdeal(
        {.text = "0.9 of the ideal (1000 a second), " + name, .factor = 0.9}, row, kIdeal));
    result.rows.push_back(std::move(row));
  }
  return result;
}

Result RunCpu(const Options& options) {
  constexpr std::size_t kWindow = 2;
  Result result{.name = "cpu", .title = "CPU-bound handler, 2 in flight, by OPENFC_WORKERS"};
  result.rows = Compete({.code = kBurn,
                         .workload = {.window = kWindow},
                         .subjects = {OurWorkers(1, kWindow), OurWorkers(2, kWindow)},
                         .invocations = 400},
                        options);
  result.verdicts = {JudgeRates({.text = "2 workers: 1.8 times one", .factor = 1.8},
                                result.rows.at(1), result.rows.front())};
  return result;
}

Result RunPayload(const Options& options, std::size_t kilobytes, std::size_t invocations) {
  const std::string size =
      kilobytes < 1024 ? fmt::format("{} KB", kilobytes) : fmt::format("{} MB", kilobytes / 1024);
  Result result{.name = kilobytes < 1024 ? fmt::format("payload{}k", kilobytes)
                                         : fmt::format("payload{}m", kilobytes / 1024),
                .title = "Echo of a JSON document of " + size + " (FC: bytes; AWS: parsed)"};
  result.rows = CompeteWithAwslambdaric({.code = kEcho,
                                         .workload = {.event = Document(kilobytes * 1024)},
                                         .subjects = {OurRuntime(), OurRuntimeForAws()},
                                         .invocations = invocations},
                                        options);
  result.verdicts = {JudgeRates({.text = "not slower than awslambdaric (ours in FC's dialect)"},
                                result.rows.front(), result.rows.back())};
  return result;
}

}  // namespace openfc::bench
