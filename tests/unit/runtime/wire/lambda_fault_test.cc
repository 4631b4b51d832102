#include "runtime/wire/lambda_fault.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <signal.h>

namespace openfc::wire {
namespace {

using std::chrono::milliseconds;

struct LambdaFaultCase {
  Failure failure;
  std::string type;
  std::string message;
};

class LambdaFaultTest : public ::testing::TestWithParam<LambdaFaultCase> {};

TEST_P(LambdaFaultTest, HasTheTypeAndTextOfThatPlatform) {
  const auto document = nlohmann::json::parse(GetParam().failure.document);

  EXPECT_EQ(GetParam().failure.type, GetParam().type);
  EXPECT_EQ(document["errorType"], GetParam().type);
  EXPECT_EQ(document["errorMessage"], GetParam().message);
  EXPECT_FALSE(document.contains("stackTrace"));
}

INSTANTIATE_TEST_SUITE_P(
    All, LambdaFaultTest,
    ::testing::Values(
        LambdaFaultCase{LambdaTimeout("r-1", milliseconds(3000)), "Sandbox.Timedout",
                        "RequestId: r-1 Error: Task timed out after 3.00 seconds"},
        LambdaFaultCase{LambdaTimeout("r-1", milliseconds(1250)), "Sandbox.Timedout",
                        "RequestId: r-1 Error: Task timed out after 1.25 seconds"},
        LambdaFaultCase{LambdaExit("r-1", 3), "Runtime.ExitError",
                        "RequestId: r-1 Error: Runtime exited with error: exit status 3"},
        LambdaFaultCase{LambdaExit("r-1", 0), "Runtime.ExitError",
                        "RequestId: r-1 Error: Runtime exited without providing a reason"},
        LambdaFaultCase{
            LambdaKill("r-1", SIGSEGV), "Runtime.ExitError",
            "RequestId: r-1 Error: Runtime exited with error: signal: segmentation fault"},
        LambdaFaultCase{LambdaKill("r-1", SIGKILL), "Runtime.ExitError",
                        "RequestId: r-1 Error: Runtime exited with error: signal: killed"},
        LambdaFaultCase{LambdaOutOfMemory("r-1"), "Runtime.OutOfMemory",
                        "RequestId: r-1 Error: Runtime exited with error: signal: killed"},
        LambdaFaultCase{LambdaStop("r-1"), "Runtime.ExitError",
                        "RequestId: r-1 Error: Runtime exited with error: instance stopped"},
        LambdaFaultCase{LambdaRestart("r-1", "r-2", RestartCause::kTimedOut), "Runtime.ExitError",
                        "RequestId: r-1 Error: Runtime exited with error: request r-2 timed out"},
        LambdaFaultCase{LambdaRestart("r-1", "r-2", RestartCause::kCrashed), "Runtime.ExitError",
                        "RequestId: r-1 Error: Runtime exited with error: request r-2 crashed"},
        LambdaFaultCase{LambdaInitFailed(5, "exit code 3"), "Runtime.ExitError",
                        "The runtime ended 5 times in a row before it asked for work, at last: "
                        "exit code 3"},
        LambdaFaultCase{ResponseTooLarge(40, 32, Dialect::kAws), "Function.ResponseSizeTooLarge",
                        "Response payload size (40 bytes) exceeded maximum allowed payload size "
                        "(32 bytes)."},
        LambdaFaultCase{ResponseNotSent(40, "out of memory", Dialect::kAws),
                        "Runtime.ResponseNotSent",
                        "The response of 40 bytes could not be sent: out of memory"},
        LambdaFaultCase{EventTruncated(Dialect::kAws), "Runtime.EventTruncated",
                        "The event's body ended before its announced length"}));

TEST(LambdaFaultDocumentTest, StandsOnOneLineWithoutBlanks) {
  EXPECT_EQ(LambdaTimeout("r", milliseconds(10)).document,
            R"({"errorMessage":"RequestId: r Error: Task timed out after 0.01 seconds",)"
            R"("errorType":"Sandbox.Timedout"})");
}

TEST(LambdaFaultDocumentTest, HasTheStackAsPythonsTracebackPrintsIt) {
  const Stack stack = {{"File \"/a.py\"", "line 3", "in f", "g()"},
                       {"File \"/a.py\"", "line 1", "in g", ""}};
  for (const Failure& failure :
       {LambdaTimeout("r", milliseconds(10), stack), LambdaExit("r", 0, stack),
        LambdaExit("r", 3, stack), LambdaKill("r", SIGSEGV, stack), LambdaStop("r", stack),
        LambdaRestart("r", "r-2", RestartCause::kCrashed, stack)}) {
    const auto document = nlohmann::json::parse(failure.document);

    EXPECT_EQ(document["stackTrace"], nlohmann::json({"  File \"/a.py\", line 3, in f\n    g()\n",
                                                      "  File \"/a.py\", line 1, in g\n"}));
  }
}

}  // namespace
}  // namespace openfc::wire
