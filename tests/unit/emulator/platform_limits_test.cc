#include "emulator/platform_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace openfc::emulator {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

std::string Check(const FunctionDefinition& function) {
  const Status fits = CheckPlatformLimits(function);
  return fits ? "" : fits.error().message;
}

/// A number of a function: its first and last good values, and how it is set.
struct Span {
  const char* what;
  std::int64_t least;
  std::int64_t most;
  std::function<void(FunctionDefinition&, std::int64_t)> set;
};

std::ostream& operator<<(std::ostream& out, const Span& span) { return out << span.what; }

HealthCheck& Health(FunctionDefinition& function) {
  if (!function.custom) function.custom.emplace().health.emplace();
  return *function.custom->health;
}

const std::vector<Span>& Spans() {
  using Function = FunctionDefinition&;
  using Number = std::int64_t;
  static const std::vector<Span> spans = {
      {"timeout", 1, 86400, [](Function f, Number n) { f.timeout = seconds(n); }},
      {"initializer", 1, 300,
       [](Function f, Number n) { f.initializer = {.handler = "i.f", .timeout = seconds(n)}; }},
      {"pre-freeze hook", 1, 90,
       [](Function f, Number n) { f.pre_freeze = {.handler = "i.f", .timeout = seconds(n)}; }},
      {"pre-stop hook", 1, 90,
       [](Function f, Number n) { f.pre_stop = {.handler = "i.f", .timeout = seconds(n)}; }},
      {"instance concurrency", 1, 200,
       [](Function f, Number n) { f.instance_concurrency = static_cast<int>(n); }},
      {"age of asynchronous events", 1, 2592000,
       [](Function f, Number n) { f.async.max_age = seconds(n); }},
      {"asynchronous retries", 0, 8,
       [](Function f, Number n) { f.async.max_retries = static_cast<int>(n); }},
      {"initial delay", 0, 120, [](Function f, Number n) { Health(f).initial_delay = seconds(n); }},
      {"period", 1, 120, [](Function f, Number n) { Health(f).period = seconds(n); }},
      {"health check's timeout", 1, 3,
       [](Function f, Number n) { Health(f).timeout = seconds(n); }},
      {"failure threshold", 1, 120,
       [](Function f, Number n) { Health(f).failure_threshold = static_cast<int>(n); }},
      {"success threshold", 1, 120,
       [](Function f, Number n) { Health(f).success_threshold = static_cast<int>(n); }},
  };
  return spans;
}

class PlatformSpanTest : public ::testing::TestWithParam<Span> {
 protected:
  static std::string With(std::int64_t number) {
    FunctionDefinition function;
    GetParam().set(function, number);
    return Check(function);
  }
};

TEST_P(PlatformSpanTest, TakesItsEnds) {
  EXPECT_EQ(With(GetParam().least), "");
  EXPECT_EQ(With(GetParam().most), "");
}

TEST_P(PlatformSpanTest, RefusesWhatIsBeyond) {
  for (const std::int64_t number : {GetParam().least - 1, GetParam().most + 1}) {
    const std::string refusal = With(number);
    EXPECT_THAT(refusal, HasSubstr(GetParam().what));
    EXPECT_THAT(refusal, HasSubstr(" is " + std::to_string(number)));
    EXPECT_THAT(refusal,
                HasSubstr(", but the platform takes " + std::to_string(GetParam().least) + " to " +
                          std::to_string(GetParam().most) + " (--no-limits lifts this)"));
  }
}

INSTANTIATE_TEST_SUITE_P(Numbers, PlatformSpanTest, ::testing::ValuesIn(Spans()));

TEST(PlatformLimitsTest, TakeAFunctionOfDefaults) { EXPECT_EQ(Check({}), ""); }

TEST(PlatformLimitsTest, TakeProcessorsInSteps) {
  for (const double cpu : {0.05, 0.35, 0.5, 1.0, 7.95, 16.0}) {
    FunctionDefinition function;
    function.cpu = cpu;
    function.memory_mb = std::max<std::int64_t>(128, static_cast<std::int64_t>(cpu * 32) * 64);
    EXPECT_EQ(Check(function), "") << cpu;
  }
  for (const double cpu : {0.01, 0.33, 16.05}) {
    FunctionDefinition function;
    function.cpu = cpu;
    EXPECT_THAT(Check(function), HasSubstr("but the platform takes 0.05 to 16 in steps of 0.05"))
        << cpu;
  }
}

TEST(PlatformLimitsTest, TakeMemoryInProportionToProcessors) {
  FunctionDefinition function;
  function.cpu = 0.5;
  for (const std::int64_t memory : {512, 2048}) {
    function.memory_mb = memory;
    EXPECT_EQ(Check(function), "") << memory;
  }
  for (const std::int64_t memory : {448, 2112}) {
    function.memory_mb = memory;
    EXPECT_EQ(Check(function), "the memory size is " + std::to_string(memory) +
                                   " MB for a cpu of 0.5, but the platform takes 1 to 4 GB for "
                                   "each processor (--no-limits lifts this)");
  }
}

TEST(PlatformLimitsTest, CountLayersAndTriggers) {
  FunctionDefinition function;
  function.layers.resize(5);
  function.timers.resize(49);
  function.http_trigger.emplace();
  EXPECT_EQ(Check(function), "");

  function.layers.resize(6);
  EXPECT_THAT(Check(function), HasSubstr("there are 6 layers, but the platform takes 5"));
  function.layers.clear();
  function.timers.resize(50);
  EXPECT_THAT(Check(function), HasSubstr("there are 51 triggers, but the platform takes 50"));
}

TEST(PlatformLimitsTest, MeasureTexts) {
  FunctionDefinition function;
  function.timers.push_back({.name = "t", .expression = "x", .payload = std::string(4096, 'x')});
  Health(function).path = "/" + std::string(2047, 'x');
  EXPECT_EQ(Check(function), "");

  function.timers[0].payload += "x";
  EXPECT_THAT(Check(function), HasSubstr("the payload of the timer t takes 4097 bytes"));
  function.timers.clear();
  Health(function).path += "x";
  EXPECT_THAT(Check(function), HasSubstr("the health check's path has 2049 bytes"));
}

}  // namespace
}  // namespace openfc::emulator
