#include "runtime/wire/fault.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <signal.h>

namespace openfc::wire {
namespace {

using std::chrono::milliseconds;

constexpr ProcessEnd kEnd{.duration = milliseconds(12), .peak_memory_bytes = 10'616'832};
constexpr const char* kExited =
    "Process exited unexpectedly before completing request (duration: 12ms, maxMemoryUsage: "
    "10.12MB): ";

struct FaultCase {
  Failure failure;
  std::string type;
  std::string message;
};

class FaultTest : public ::testing::TestWithParam<FaultCase> {};

TEST_P(FaultTest, HasTheTypeAndTextOfTheSpecification) {
  const auto document = nlohmann::json::parse(GetParam().failure.document);

  EXPECT_EQ(GetParam().failure.type, GetParam().type);
  EXPECT_EQ(document["errorType"], GetParam().type);
  EXPECT_EQ(document["errorMessage"], GetParam().message);
  EXPECT_FALSE(document.contains("stackTrace"));
}

INSTANTIATE_TEST_SUITE_P(
    All, FaultTest,
    ::testing::Values(
        FaultCase{FunctionTimeout(3), "FunctionTimeout", "Function timed out after 3 seconds"},
        FaultCase{ProcessExited(kEnd, 3), "ProcessExited", std::string(kExited) + "exit code 3"},
        FaultCase{ConnectionClosed(kEnd), "ProcessExited",
                  std::string(kExited) + "the server closed the connection without an answer"},
        FaultCase{InvocationCanceled(kEnd), "InvocationCanceled",
                  "Invocation canceled by client (duration: 12ms, maxMemoryUsage: 10.12MB)"},
        FaultCase{ProcessKilled(kEnd, SIGSEGV), "ProcessExited",
                  std::string(kExited) + "killed by signal 11 (SIGSEGV)"},
        FaultCase{OutOfMemory(kEnd, 128), "OutOfMemory",
                  std::string(kExited) + "memory limit of 128 MB reached"},
        FaultCase{InstanceStopped(kEnd), "ProcessExited",
                  std::string(kExited) + "instance stopped"},
        FaultCase{ResponseTooLarge(40, 32), "ResponseTooLarge",
                  "Response payload size 40 exceeds the limit of 32 bytes"},
        FaultCase{InitFailed(5, ExitCause(3)), "ProcessExited",
                  "The runtime ended 5 times in a row before it asked for work, at last: exit code "
                  "3"},
        FaultCase{InstanceRestarted("r-1", RestartCause::kTimedOut), "InstanceRestarted",
                  "The instance was restarted: request r-1 timed out"},
        FaultCase{InstanceRestarted("r-1", RestartCause::kCrashed), "InstanceRestarted",
                  "The instance was restarted: request r-1 crashed"},
        FaultCase{ResponseNotSent(40, "out of memory"), "ResponseNotSent",
                  "The response of 40 bytes could not be sent: out of memory"},
        FaultCase{EventTruncated(), "EventTruncated",
                  "The event's body ended before its announced length"},
        FaultCase{NoAnswer(), "NoAnswer", "The runtime let the invocation go without an answer"}));

TEST(FaultStackTest, CarriesThePythonStackWhereItCouldBeHad) {
  const auto document =
      nlohmann::json::parse(FunctionTimeout(3, {{"File \"x.py\"", "line 1", "in f", ""}}).document);

  EXPECT_EQ(document["stackTrace"],
            nlohmann::json::parse(R"([["File \"x.py\"", "line 1", "in f", ""]])"));
}

TEST(SignalNameTest, NamesEverySignalSomehow) {
  EXPECT_EQ(SignalName(SIGKILL), "SIGKILL");
  EXPECT_EQ(SignalName(SIGRTMIN + 2), "SIGRTMIN+2");
  EXPECT_EQ(SignalName(250), "signal 250");
}

}  // namespace
}  // namespace openfc::wire
