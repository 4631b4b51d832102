// What rloader says in AWS's dialect (fc-runtime-api.md, sections 8 and 9).

#include "tests/integration/rloader/rloader_test.h"

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class LambdaTest : public RloaderTest {
 protected:
  void StartAsLambda(const std::string& script, const std::vector<std::string>& arguments = {}) {
    Start(script, arguments,
          {{"FC_RUNTIME_API", ""},
           {"AWS_LAMBDA_RUNTIME_API", platform_.address()},
           {"_HANDLER", "app.handler"}});
  }
};

TEST_F(LambdaTest, AnswersADeathWithThatPlatformsNameAndText) {
  StartAsLambda("poll receive:r-1 run:r-1 exit:3; poll wait");

  const Request post = PostFor("r-1");

  EXPECT_EQ(post.path, "/2018-06-01/runtime/invocation/r-1/error");
  EXPECT_EQ(post.Header("lambda-runtime-function-error-type"), "Runtime.ExitError");
  EXPECT_EQ(post.body,
            R"({"errorMessage":"RequestId: r-1 Error: Runtime exited with error: exit status 3",)"
            R"("errorType":"Runtime.ExitError"})");
}

TEST_F(LambdaTest, WritesNoEndLineOfFcs) {
  StartAsLambda("poll receive:r-1 run:r-1 say:working exit:3; poll wait");

  PostFor("r-1");

  EXPECT_EQ(Out(), "working\n");
}

TEST_F(LambdaTest, TellsTheRuntimeTheHandlerOfItsCommandLine) {
  StartAsLambda("variable:_HANDLER poll wait", {"image.handler"});

  EXPECT_TRUE(AwaitText("_HANDLER=image.handler\n"));
}

TEST_F(LambdaTest, AnswersADeadlineWithThatPlatformsNameAndText) {
  StartAsLambda("poll deadline:50 receive:r-1 run:r-1 wait; poll say:second wait");

  const Request post = PostFor("r-1");

  EXPECT_EQ(post.path, "/2018-06-01/runtime/invocation/r-1/error");
  EXPECT_EQ(post.Header("lambda-runtime-function-error-type"), "Sandbox.Timedout");
  EXPECT_EQ(TypeOf(post), "Sandbox.Timedout");
  EXPECT_THAT(MessageOf(post), StartsWith("RequestId: r-1 Error: Task timed out after 0."));
  EXPECT_TRUE(AwaitText("second"));
  EXPECT_EQ(Out(), "second\n");
}

TEST_F(LambdaTest, ReportsARuntimeThatNeverPolls) {
  StartAsLambda("exit:3; exit:3; exit:3; exit:3; exit:3; poll wait");

  ASSERT_TRUE(platform_.AwaitPosts(1));
  const Request post = platform_.posts()[0];

  EXPECT_EQ(post.path, "/2018-06-01/runtime/init/error");
  EXPECT_EQ(TypeOf(post), "Runtime.ExitError");
  EXPECT_THAT(MessageOf(post), HasSubstr("5 times in a row"));
  ExpectEnd(70);
}

}  // namespace
}  // namespace openfc::testing
