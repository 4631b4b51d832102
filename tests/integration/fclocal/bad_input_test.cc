// What a person can get wrong: one sentence, exit code 2, nothing on stdout, nothing started.

#include "tests/integration/fclocal/fclocal_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class FclocalBadInputTest : public FclocalTest {
 protected:
  /// The one sentence, after the checks that hold for all.
  std::string Refusal(const Words& arguments) {
    const Invoked invoked = Run(arguments);
    EXPECT_EQ(invoked.exit_code, 2) << invoked.err;
    EXPECT_EQ(invoked.out, "");
    EXPECT_THAT(invoked.err, StartsWith("fclocal: "));
    EXPECT_EQ(invoked.err.find('\n'), invoked.err.size() - 1) << invoked.err;
    EXPECT_THAT(invoked.survivors, IsEmpty());
    return invoked.err.substr(9);
  }

  std::string RefusalOfFile(const std::string& text) {
    folder_.WriteFile("s.yaml", text);
    return Refusal({});
  }

  static std::string Service(const std::string& props) {
    return "resources:\n  hello:\n    component: fc3\n    props:\n      functionName: f\n"
           "      handler: index.handler\n      code: .\n" +
           props;
  }
};

TEST_F(FclocalBadInputTest, OptionsThatAreNone) {
  EXPECT_THAT(Refusal({"--bogus"}), HasSubstr("--bogus"));
  EXPECT_THAT(Refusal({"-e", "a", "-f", "b"}), HasSubstr("-e and -f both give the event"));
  EXPECT_THAT(Refusal({"--timeout", "soon"}), HasSubstr("--timeout is 'soon'"));
  EXPECT_THAT(Refusal({"--memory", "100"}), HasSubstr("steps of 64"));
  EXPECT_THAT(Refusal({"--timeout", "86401"}), HasSubstr("1 to 86400"));
  EXPECT_THAT(Refusal({"--env", "x"}), HasSubstr("must be KEY=VALUE"));
  EXPECT_THAT(Refusal({"--env", "FC_X=1"}), HasSubstr("FC_X is reserved"));
  EXPECT_THAT(Refusal({"--json", "--quiet"}), HasSubstr("contradict each other"));
}

TEST_F(FclocalBadInputTest, FilesThatAreNotThere) {
  EXPECT_THAT(Refusal({"-f", "none.json"}),
              HasSubstr("the event file none.json cannot be read: No such file or directory"));
  EXPECT_THAT(Refusal({"-f", "."}), HasSubstr("Is a directory"));
  EXPECT_THAT(Refusal({"-c", "none.yaml"}),
              HasSubstr("none.yaml: cannot be read: No such file or directory"));
  EXPECT_THAT(Refusal({"--code", "none"}), HasSubstr("none does not exist"));
  EXPECT_THAT(Refusal({"hello"}), HasSubstr("there is no s.yaml in this folder"));
}

TEST_F(FclocalBadInputTest, ServiceFilesThatCannotBeMeant) {
  const std::string runtime = "      runtime: python3.10\n";
  EXPECT_THAT(RefusalOfFile("a: [\n"), HasSubstr("s.yaml: line 2: this is not YAML"));
  EXPECT_THAT(RefusalOfFile(Service(runtime + "      timeout: soon\n")),
              HasSubstr("s.yaml: line 9: resources.hello.props.timeout must be a whole number, but "
                        "is 'soon'"));
  EXPECT_THAT(RefusalOfFile(Service("      runtime: nodejs18\n")),
              HasSubstr("runtime is nodejs18, which is not built in here"));
  EXPECT_THAT(RefusalOfFile(Service(runtime + "      region: ${env('NO_SUCH_VARIABLE')}\n")),
              HasSubstr("the environment variable NO_SUCH_VARIABLE is not set"));
  EXPECT_THAT(RefusalOfFile("vars: {a: '${vars.b}', b: '${vars.a}'}\n" +
                            Service(runtime + "      region: ${vars.a}\n")),
              HasSubstr("vars.a is defined by itself"));
  EXPECT_THAT(RefusalOfFile("vars: &v {again: *v}\n" + Service(runtime)),
              HasSubstr("or goes round in a circle"));
  EXPECT_THAT(RefusalOfFile(Service("      runtime: {{ runtime }}\n")),
              HasSubstr("line 8: {{ }} is a gap of a project template"));
  EXPECT_THAT(RefusalOfFile(Service(runtime + "      environmentVariables: {FC_X: 1}\n")),
              HasSubstr("FC_X is reserved"));
}

TEST_F(FclocalBadInputTest, FunctionsThatAreNotInTheFile) {
  folder_.WriteFile("s.yaml", Service("      runtime: python3.10\n"));

  EXPECT_THAT(Refusal({"other"}), HasSubstr("there is no function other in this s.yaml: it has "
                                            "hello"));
}

}  // namespace
}  // namespace openfc::testing
