#include "tests/bench/scenario.h"

#include "tests/bench/scenario_list.h"

namespace openfc::bench {

std::vector<Scenario> Scenarios() {
  return {
      {.name = "echo1", .run = RunEcho1},
      {.name = "echo16", .run = RunEcho16},
      {.name = "sleep100", .run = RunSleep100},
      {.name = "cpu", .run = RunCpu},
      {.name = "memory", .run = RunMemory},
      {.name = "start", .run = RunStart},
      {.name = "payload10k", .run = [](const Options& all) { return RunPayload(all, 10, 2000); }},
      {.name = "payload1m", .run = [](const Options& all) { return RunPayload(all, 1024, 60); }},
      {.name = "payload6m", .run = [](const Options& all) { return RunPayload(all, 6144, 10); }}};
}

}  // namespace openfc::bench
