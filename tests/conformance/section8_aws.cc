// Section 8, AWS's dialect: what can be said without the reference, which tests/clients/aws asks.

#include "tests/conformance/row.h"

#include <gmock/gmock.h>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Answer Offered(const std::string& event, const HeaderPairs& further = {}) {
  HeaderPairs headers = {{"Lambda-Runtime-Aws-Request-Id", "r-1"},
                         {"Lambda-Runtime-Deadline-Ms", "4102444800000"},
                         {"Content-Type", "application/json"}};
  headers.insert(headers.end(), further.begin(), further.end());
  return Respond(200, event, headers);
}

Variables AwsOf(Instance& instance, const std::string& handler) {
  return {{"FC_RUNTIME_API", ""},
          {"FC_FUNC_CODE_PATH", ""},
          {"AWS_LAMBDA_RUNTIME_API", instance.platform().address()},
          {"LAMBDA_TASK_ROOT", "{CODE}"},
          {"_HANDLER", handler}};
}

/// One event to `code`; `check` gets its post.
Row Answering(const std::string& rule, const std::string& code, const std::string& event,
              const std::function<void(const Request&, Instance&)>& check,
              const HeaderPairs& further = {}) {
  return {.rule = rule,
          .files = Index(code),
          .play =
              [=](Instance& instance) {
                instance.platform().AnswerPost(Respond(202));
                instance.platform().AnswerNext(Offered(event, further));
                instance.Start(AwsOf(instance, "index.handler"));
                const auto post = instance.platform().AwaitPostFor("r-1");
                ASSERT_TRUE(post) << instance.program().output().joined();
                check(*post, instance);
              },
          .unstarted = true};
}

void PostsAResponse(const Request& post, Instance& instance) {
  EXPECT_EQ(post.path, "/2018-06-01/runtime/invocation/r-1/response");
  EXPECT_EQ(post.Header("content-type"), "application/json");
  EXPECT_EQ(post.body, R"({"b": [1, 2.5], "a": "\u00e9"})");
  EXPECT_EQ(instance.platform().polls().at(0).path, "/2018-06-01/runtime/invocation/next");
  EXPECT_TRUE(instance.platform().AwaitPolls(2));  // 202 was an acceptance.
  EXPECT_THAT(instance.platform().posts(), SizeIs(1));
  EXPECT_EQ(instance.Log(), "");  // No line of FC's.
}

void PostsAnError(const Request& post, Instance& instance) {
  EXPECT_EQ(post.path, "/2018-06-01/runtime/invocation/r-1/error");
  EXPECT_EQ(post.Header("content-type"), "application/json");
  EXPECT_EQ(post.body,
            instance.Expand(R"({"errorMessage": "x", "errorType": "ValueError", )"
                            R"("requestId": "r-1", "stackTrace": ["  File \"{CODE}/index.py\", )"
                            R"(line 2, in handler\n    raise ValueError('x')\n"]})"));
  EXPECT_EQ(post.Header("lambda-runtime-function-xray-error-cause"),
            instance.Expand(R"({"working_directory": "{CODE}", "exceptions": [{"message": "x", )"
                            R"("type": "ValueError", "stack": [{"label": "handler", )"
                            R"("path": "{CODE}/index.py", "line": 2}]}], )"
                            R"("paths": ["{CODE}/index.py"]})"));
}

void PostsTheBody(const std::string& body, const Request& post) {
  EXPECT_TRUE(post.path.ends_with("/response")) << post.body;
  EXPECT_EQ(post.body, body);
}

std::function<void(const Request&, Instance&)> Posted(const std::string& body) {
  return [body](const Request& post, Instance& /*instance*/) { PostsTheBody(body, post); };
}

void EndsAfterInitError(Instance& instance) {
  instance.Start(AwsOf(instance, "index.nosuch"));

  EXPECT_EQ(instance.program().AwaitEnd(), (ProgramEnd{.exit_code = 1}));

  ASSERT_THAT(instance.platform().posts(), SizeIs(1));
  const Request post = instance.platform().posts()[0];
  EXPECT_EQ(post.path, "/2018-06-01/runtime/init/error");
  EXPECT_EQ(post.Header("lambda-runtime-function-error-type"), "Runtime.HandlerNotFound");
  EXPECT_EQ(post.body,
            R"({"errorMessage": "Handler 'nosuch' missing on module 'index'", )"
            R"("errorType": "Runtime.HandlerNotFound", "requestId": "", "stackTrace": []})");
  EXPECT_THAT(instance.platform().polls(), IsEmpty());
}

void RefusesNoHandler(Instance& instance) {
  instance.Start(AwsOf(instance, ""));

  EXPECT_EQ(instance.program().AwaitEnd(), (ProgramEnd{.exit_code = 2}));

  EXPECT_THAT(instance.program().output().err(), HasSubstr("_HANDLER is not set"));
  EXPECT_THAT(instance.platform().requests(), IsEmpty());
}

constexpr const char* kEcho = "def handler(event, context):\n    return event\n";

const std::vector<Row> kRows = {
    Answering("PostsWhatTheHandlerReturnsAsJson", kEcho, R"({"b":[1,2.5],"a":"\u00e9"})",
              PostsAResponse),
    Answering("PostsAnExceptionAndItsCause",
              "def handler(event, context):\n    raise ValueError('x')\n", "1", PostsAnError),
    Answering("PostsBytesAsTheyAre", "def handler(event, context):\n    return b'\\x00raw'\n", "1",
              Posted(std::string("\0raw", 4))),
    Answering("TellsTheContextWhatTheHeadersSay",
              "import os\n"
              "def handler(event, context):\n"
              "    return [context.aws_request_id, context.invoked_function_arn,\n"
              "            context.client_context.custom, os.environ['_X_AMZN_TRACE_ID']]\n",
              "1", Posted(R"(["r-1", "arn", {"k": 1}, "Root=1"])"),
              {{"Lambda-Runtime-Invoked-Function-Arn", "arn"},
               {"Lambda-Runtime-Client-Context", R"({"custom":{"k":1}})"},
               {"Lambda-Runtime-Trace-Id", "Root=1"}}),
    {.rule = "EndsAfterAnInitErrorWhenThereIsNoHandler",
     .files = Index(kEcho),
     .play = EndsAfterInitError,
     .unstarted = true},
    {.rule = "RefusesToStartWithoutTheNameOfAHandler",
     .files = Index(kEcho),
     .play = RefusesNoHandler,
     .unstarted = true},
};

OPENFC_CONFORMANCE_ROWS(Section8Aws, kRows);

}  // namespace
}  // namespace openfc::testing
