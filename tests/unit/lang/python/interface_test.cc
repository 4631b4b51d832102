// How a function is to be called, found out from what it is.

#include "tests/unit/lang/python/web_test.h"

#include <ostream>
#include <vector>

namespace openfc::python {
namespace {

struct Form {
  const char* name;
  const char* code;  // Defines app.
  FunctionInterface interface;
  bool is_async = false;

  friend std::ostream& operator<<(std::ostream& out, const Form& form) { return out << form.name; }
};

constexpr auto kEvent = FunctionInterface::kEvent;
constexpr auto kWsgi = FunctionInterface::kWsgi;
constexpr auto kAsgi = FunctionInterface::kAsgi;
constexpr bool kAsync = true;

const std::vector<Form> kForms = {
    {"a plain function", "def app(event, context): pass", kEvent},
    {"a function of anything", "def app(*arguments): pass", kEvent},
    {"a generator", "def app(event, context): yield b''", kEvent},
    {"a class", "class app:\n    def __init__(self, event, context): pass", kEvent},
    {"a built-in function", "app = print", kEvent},
    {"what cannot be called", "app = 3", kEvent},
    {"an object", "class App:\n    def __call__(self, event, context): pass\napp = App()", kEvent},
    {"an async function", "async def app(event, context): pass", kEvent, kAsync},
    {"an async generator", "async def app(event, context): yield b''", kEvent, kAsync},
    {"an async object",
     "class App:\n    async def __call__(self, event, context): pass\napp = App()", kEvent, kAsync},
    {"an async function that three arguments fit too", "async def app(event, context, x=1): pass",
     kEvent, kAsync},
    {"a partial async function",
     "import functools\nasync def whole(pool, event, context): pass\n"
     "app = functools.partial(whole, None)",
     kEvent, kAsync},
    {"an async function behind a decorator",
     "import functools\nasync def inner(event, context): pass\n"
     "@functools.wraps(inner)\nasync def app(*a, **k): return await inner(*a, **k)",
     kEvent, kAsync},

    {"a WSGI function", "def app(environ, start_response): pass", kWsgi},
    {"a WSGI function in short", "def app(env, start_resp): pass", kWsgi},
    {"a WSGI object",
     "class App:\n    def __call__(self, environ, start_response): pass\napp = App()", kWsgi},
    {"a WSGI class", "class app:\n    def __init__(self, environ, start_response): pass", kWsgi},
    {"a method", "class App:\n    def wsgi(self, environ, start_response): pass\napp = App().wsgi",
     kWsgi},

    {"an ASGI function", "async def app(scope, receive, send): pass", kAsgi, kAsync},
    {"an ASGI function of other names", "async def app(s, r, t): pass", kAsgi, kAsync},
    {"an ASGI object",
     "class App:\n    async def __call__(self, scope, receive, send): pass\napp = App()", kAsgi,
     kAsync},
    {"an object that gives back a coroutine",
     "class App:\n    def __call__(self, scope, receive, send): return x\napp = App()", kAsgi,
     kAsync},
    {"an application of ASGI 2",
     "class app:\n    def __init__(self, scope): pass\n"
     "    async def __call__(self, receive, send): pass",
     kAsgi, kAsync},
    {"a partial ASGI function",
     "import functools\nasync def whole(pool, scope, receive, send): pass\n"
     "app = functools.partial(whole, None)",
     kAsgi, kAsync},
};

class InterfaceTest : public WebTest, public ::testing::WithParamInterface<Form> {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    options_.http_mode = false;  // Nothing is started.
  }
};

TEST_P(InterfaceTest, IsFoundOut) {
  Serve(GetParam().code);

  ASSERT_TRUE(loaded_) << loaded_.error().message;
  EXPECT_EQ(loaded_->interface, GetParam().interface);
  EXPECT_EQ(loaded_->is_async, GetParam().is_async);
}

INSTANTIATE_TEST_SUITE_P(Forms, InterfaceTest, ::testing::ValuesIn(kForms));

class GivenInterfaceTest : public WebTest {};

TEST_F(GivenInterfaceTest, StandsAboveWhatTheFunctionLooksLike) {
  options_.interface = FunctionInterface::kWsgi;

  Serve("def app(a, b):\n    b('200 OK', [])\n    return [a['REQUEST_METHOD'].encode()]\n");

  EXPECT_EQ(loaded_.value().interface, FunctionInterface::kWsgi);
  EXPECT_EQ(BodyOf(Send(Of(Get("/")))), "GET");
}

TEST_F(GivenInterfaceTest, AnEventHandlerIsAsyncWhereItIs) {
  options_.interface = FunctionInterface::kEvent;

  Serve("async def app(a, b, c): pass");

  EXPECT_EQ(loaded_.value().interface, FunctionInterface::kEvent);
  EXPECT_TRUE(loaded_.value().is_async);
}

class LoadTest : public WebTest {};

TEST_F(LoadTest, SaysWhyAModuleCannotBeHadAndAnswersRequestsWithThat) {
  Serve("import no_such_module");

  ASSERT_FALSE(loaded_);
  EXPECT_EQ(loaded_.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(loaded_.error().message, "Unable to import module 'index'");
  const Outcome outcome = Send(Of(Get("/"))).AwaitOutcome();
  EXPECT_EQ(TypeOf(outcome), "ImportModuleError");
}

TEST_F(LoadTest, AFailedImportIsTriedAgainByTheNextEvent) {
  Serve("import no_such_module", "index.handler");
  ASSERT_FALSE(loaded_);
  Write("index.py", "def handler(event, context): return 'now'");
  Invocation event;
  event.function.handler = "index.handler";

  const Client client = Send(std::move(event));

  EXPECT_EQ(BodyOf(client), "now");
}

TEST_F(LoadTest, AModuleOfTheUsersNamedInspectIsNotTakenForTheLibrarys) {
  Write("inspect.py", "raise RuntimeError('mine')");

  Serve("async def app(event, context): pass");

  EXPECT_TRUE(loaded_) << loaded_.error().message;
}

}  // namespace
}  // namespace openfc::python
