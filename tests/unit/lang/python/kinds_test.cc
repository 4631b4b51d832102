// The kinds of functions besides event handlers: hooks and HTTP functions.

#include "tests/unit/lang/python/function_test.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <vector>

namespace openfc::python {
namespace {

constexpr const char* kGetParams = "eyJtZXRob2QiOiJHRVQifQ==";  // {"method":"GET"}

class HookTest : public FunctionTest {
 protected:
  Outcome Call(InvocationType type, const std::string& code) {
    Write("index.py", code);
    Invocation hook;
    hook.request_id = "r-1";
    hook.type = type;
    hook.function.handler = "index.hook";
    hook.http_params = "not even base64";
    return Invoke(std::move(hook));
  }
};

TEST_F(HookTest, IsCalledWithItsContextAloneWhateverItsType) {
  const std::string code = "def hook(*given): return len(given), given[0].function.handler";
  for (const auto type :
       {InvocationType::kInitialize, InvocationType::kPreStop, InvocationType::kPreFreeze}) {
    EXPECT_EQ(TextOf(Call(type, code)), "[\n    1,\n    \"index.hook\"\n]");
  }
}

TEST_F(HookTest, FailsAsAHandlerDoes) {
  EXPECT_EQ(TypeOf(Call(InvocationType::kInitialize, "def hook(context): raise SystemExit(2)")),
            "SystemExit");
}

class HttpFunctionTest : public FunctionTest {
 protected:
  Outcome Serve(const std::string& code, Invocation request = {}) {
    Write("index.py", code);
    request.request_id = "r-1";
    request.function.handler = "index.handler";
    if (!request.http_params) request.http_params = kGetParams;
    return Invoke(std::move(request));
  }
};

TEST_F(HttpFunctionTest, AnswersWithABodyAndItsParams) {
  const Outcome outcome = Serve(
      "def handler(environ, start_response):\n"
      "    start_response('201 Created', [('X', 'y')])\n    return [b'a', 'b']\n");

  const auto* response = std::get_if<Response>(&outcome);
  ASSERT_NE(response, nullptr) << TextOf(outcome);
  EXPECT_EQ(response->body, "ab");
  // {"status": 201, "headersMap": {"X": ["y"]}}
  EXPECT_EQ(response->http_params, "eyJzdGF0dXMiOiAyMDEsICJoZWFkZXJzTWFwIjogeyJYIjogWyJ5Il19fQ==");
}

TEST_F(HttpFunctionTest, HasNoParamsWithoutAStart) {
  const Outcome outcome = Serve("handler = lambda environ, start_response: 'body'\n");

  EXPECT_EQ(TextOf(outcome), "body");
  EXPECT_EQ(std::get<Response>(outcome).http_params, std::nullopt);
}

TEST_F(HttpFunctionTest, GetsABodyThatComesInPiecesWhole) {
  class Pieces final : public BodyReader {
   public:
    Expected<std::string> Read() override {
      if (rest_.empty()) return std::string();
      std::string piece = rest_.back();
      rest_.pop_back();
      return piece;
    }

   private:
    std::vector<std::string> rest_ = {"c", "b", "a"};
  };
  Invocation request;
  request.body = std::make_unique<Pieces>();

  EXPECT_EQ(TextOf(Serve("def handler(environ, start_response):\n"
                         "    return [environ['CONTENT_LENGTH'], environ['wsgi.input'].read()]\n",
                         std::move(request))),
            "3abc");
}

TEST_F(HttpFunctionTest, AForkedChildOfAnApplicationEndsWithoutAnAnswer) {
  EXPECT_EQ(TextOf(Serve("import os\n"
                         "def handler(environ, start_response):\n"
                         "    child = os.fork()\n"
                         "    if child == 0: return [b'the child must not answer']\n"
                         "    return str(os.waitpid(child, 0)[1])\n")),
            "0");
}

TEST_F(HttpFunctionTest, AFileOfTheUsersMayBeCalledWsgi) {
  Write("wsgi.py", "def application(environ, start_response): return __name__\n");
  Invocation request;
  request.request_id = "r-1";
  request.function.handler = "wsgi.application";
  request.http_params = kGetParams;

  EXPECT_EQ(TextOf(Invoke(std::move(request))), "wsgi");
}

TEST_F(HttpFunctionTest, ReportsNoFrameOfOurs) {
  const Outcome outcome = Serve("def handler(environ, start_response): raise KeyError('k')\n");

  const auto stack = nlohmann::json::parse(TextOf(outcome))["stackTrace"];
  ASSERT_EQ(stack.size(), 1U) << stack;
  EXPECT_EQ(stack[0][2], "in handler");
}

}  // namespace
}  // namespace openfc::python
