#include "sandbox/service/run_log.h"

#include "runtime/base/unique_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <array>

namespace openfc::sandbox {
namespace {

TEST(RunLogTest, SaysWhatBecameOfARunAndNothingOfWhatItSaid) {
  const IsolationLevel level{.profile = "unpriv", .missing = {}};
  const RunOutcome outcome{.end = RunEnd::kSignalled,
                           .exit_code = 0,
                           .signal = 11,
                           .output = "a password",
                           .errors = "another one",
                           .result = "a third",
                           .cpu = std::chrono::milliseconds(30),
                           .wall = std::chrono::microseconds(40'500)};

  const std::string line = LogLineOf(
      {.id = "7",
       .dialect = "executor",
       .level = &level,
       .outcome = &outcome,
       .total = std::chrono::milliseconds(50)},
      std::chrono::system_clock::time_point(std::chrono::milliseconds(1'700'000'000'123)));

  EXPECT_EQ(line.find("password"), std::string::npos);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(nlohmann::json::parse(line), nlohmann::json::parse(R"({
    "time": "2023-11-14T22:13:20.123Z", "event": "run", "id": "7", "dialect": "executor",
    "profile": "unpriv", "verdict": "signalled", "exit_code": 0, "signal": 11, "total_ms": 50,
    "wall_us": 40500, "cpu_ms": 30, "cleanup_us": 0, "peak_memory_bytes": 0})"));
}

TEST(RunLogTest, DropsWhatNobodyTakesAndNeverWaits) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd read_end(ends[0]);
  const UniqueFd write_end(ends[1]);
  RunLog log(write_end.get());
  const std::string line(1000, 'x');

  while (log.dropped() == 0) log.Write(line);

  EXPECT_EQ(log.dropped(), 1U);
}

}  // namespace
}  // namespace openfc::sandbox
