// One invocation at a time: the process's main thread runs the function and drives the server, and
// a second thread drives it while the function takes its time. Nobody is to notice.

#include "tests/integration/http_mode/http_mode_test.h"

#include <fstream>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kFunction = R"(import mmap, os, signal, threading
local = threading.local()
def handler(event, context):
    return globals()[event.decode()]()
def echo():
    return 'served'
def waits():
    os.open('gate', os.O_RDONLY)
    return 'waited'
def computes():
    with open('flag', 'r+b') as file:
        flag = mmap.mmap(file.fileno(), 1)
    print('computes', flush=True)
    while flag[0] == 48: pass
    return 'computed'
def counts():
    assert threading.current_thread() is threading.main_thread()
    local.count = getattr(local, 'count', 0) + 1
    return str(local.count)
def is_rung():
    rung = []
    signal.signal(signal.SIGALRM, lambda *args: rung.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    while not rung: signal.pause()
    return 'rung'
def forks():
    child = os.fork()
    if child == 0: return 'from the child'
    return 'ended %d' % os.waitpid(child, 0)[1]
def forks_and_streams():
    child = os.fork()
    if child: os.waitpid(child, 0)
    yield b'%d.' % bool(child)
def leaves_a_thread():
    def write():
        with open('meeting', 'w') as meeting: meeting.write('from a thread')
    threading.Thread(target=write).start()
    return 'left'
def floods():
    print('floods', flush=True)
    while True: yield b'x' * 65536
def reads(environ, start_response):
    if environ['PATH_INFO'] == '/fork':
        child = os.fork()
        if child: os.waitpid(child, 0)
        start_response('200 OK', [('Content-Length', '6')])
        return [b'parent' if child else b'child!']
    if environ['PATH_INFO'] == '/fork_and_read':
        child = os.fork()
        if child == 0:
            try: environ['wsgi.input'].read()
            except ConnectionResetError as error: print('child:', error, flush=True)
            os._exit(0)
        os.waitpid(child, 0)
        print('waited', flush=True)
    write = start_response('200 OK', [])
    while True:
        piece = environ['wsgi.input'].read1(100)
        if not piece: return []
        write(piece.upper())
)";

class OneThreadTest : public ::testing::Test {
 protected:
  OneThreadTest() {
    for (const char* name : {"gate", "meeting"}) {
      ::mkfifo((instance_.code() / name).c_str(), 0600);
    }
    std::ofstream(instance_.code() / "flag") << '0';
  }

  http::RawClient Send(const std::string& event) const {
    http::RawClient client = instance_.Connect();
    client.Send(BytesOf({.body = event}));
    return client;
  }

  bool AwaitText(const std::string& text) { return instance_.program().output().Await(text); }
  std::string Invoke(const std::string& event) const { return instance_.Invoke(event).body; }
  int Health() const { return instance_.Ask({.method = "GET", .target = "/healthz"}).status; }

  /// Blocks until there is somebody at the other end.
  UniqueFd Open(const char* name, int how) const {
    return UniqueFd(::open((instance_.code() / name).c_str(), how));
  }
  void Raise() const { std::ofstream(instance_.code() / "flag", std::ios::in) << '1'; }

  HttpInstance instance_{kFunction};
};

TEST_F(OneThreadTest, ServesOthersWhileTheFunctionWaits) {
  instance_.Start();
  http::RawClient waiting = Send("waits");
  const UniqueFd gate = Open("gate", O_WRONLY);

  EXPECT_EQ(Health(), 200);

  EXPECT_EQ(ReadReply(waiting).body, "waited");
}

TEST_F(OneThreadTest, ServesOthersWhileTheFunctionComputes) {
  instance_.Start();
  http::RawClient computing = Send("computes");
  ASSERT_TRUE(AwaitText("computes\n"));

  EXPECT_EQ(Health(), 200);
  Raise();

  EXPECT_EQ(ReadReply(computing).body, "computed");
}

TEST_F(OneThreadTest, RunsWhatCameMeanwhileAfterwards) {
  instance_.Start();
  http::RawClient computing = Send("computes");
  ASSERT_TRUE(AwaitText("computes\n"));
  http::RawClient next = Send("echo");
  EXPECT_EQ(Health(), 200);

  Raise();

  EXPECT_EQ(ReadReply(computing).body, "computed");
  EXPECT_EQ(ReadReply(next).body, "served");
}

TEST_F(OneThreadTest, RunsEveryInvocationInTheMainThread) {
  instance_.Start();

  EXPECT_EQ(Invoke("counts"), "1");
  EXPECT_EQ(Invoke("is_rung"), "rung");
  EXPECT_EQ(Invoke("counts"), "2");
}

TEST_F(OneThreadTest, IsAnsweredByTheParentOfAForkAlone) {
  instance_.Start();
  http::RawClient client = Send("forks");

  EXPECT_EQ(ReadReply(client).body, "ended 0");
  client.Send(BytesOf({.body = "forks_and_streams"}));
  EXPECT_EQ(ReadReply(client).body, "1.");
  client.Send(BytesOf({.body = "echo"}));
  EXPECT_EQ(ReadReply(client).body, "served");
}

TEST_F(OneThreadTest, IsAnsweredByTheParentOfAnApplicationsForkAlone) {
  instance_.Start({{"FC_FUNCTION_HANDLER", "index.reads"}, {"OPENFC_INTERFACE", "wsgi"}});
  http::RawClient client = instance_.Connect();

  for (int i = 0; i < 2; ++i) {
    client.Send(BytesOf({.target = "/fork"}));
    EXPECT_EQ(ReadReply(client).body, "parent");
  }
}

TEST_F(OneThreadTest, AForkedChildReadsNothingOfItsParentsBody) {
  instance_.Start({{"FC_FUNCTION_HANDLER", "index.reads"}, {"OPENFC_INTERFACE", "wsgi"}});
  http::RawClient client = instance_.Connect();

  client.Send(BytesOf({.target = "/fork"}));
  ASSERT_EQ(ReadReply(client).body, "parent");  // From here on bodies are not waited for.

  client.Send("POST /fork_and_read HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n");
  ASSERT_TRUE(AwaitText("waited\n"));
  client.Send("whole");

  EXPECT_EQ(ReadReply(client).body, "WHOLE");
  EXPECT_THAT(instance_.program().output().out(),
              HasSubstr("child: the request ended early: a forked process has no client"));
}

TEST_F(OneThreadTest, LetsThreadsOfTheFunctionsRunWhileItIsIdle) {
  instance_.Start();
  EXPECT_EQ(Invoke("leaves_a_thread"), "left");

  const UniqueFd meeting = Open("meeting", O_RDONLY);
  std::string text(64, '\0');
  text.resize(static_cast<std::size_t>(::read(meeting.get(), text.data(), text.size())));

  EXPECT_EQ(text, "from a thread");
}

TEST_F(OneThreadTest, ServesOthersWhileAClientIsSlowToTakeItsAnswer) {
  instance_.Start();
  const http::RawClient slow = Send("floods");
  ASSERT_TRUE(AwaitText("floods\n"));

  EXPECT_EQ(Health(), 200);
}

TEST_F(OneThreadTest, AnswersAPieceOfABodyBeforeTheNextOneIsSent) {
  instance_.Start({{"FC_FUNCTION_HANDLER", "index.reads"}, {"OPENFC_INTERFACE", "wsgi"}});
  http::RawClient client = instance_.Connect();
  client.Send(BytesOf({.body = "ready"}));  // From then on it is known what the function is.
  ASSERT_EQ(ReadReply(client).body, "READY");

  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nfirst");
  EXPECT_THAT(client.ReadUntil("FIRST"), HasSubstr("200"));
  client.Send("later");

  EXPECT_THAT(client.ReadUntil("0\r\n\r\n"), HasSubstr("LATER"));
}

}  // namespace
}  // namespace openfc::testing
