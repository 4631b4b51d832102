// Async functions whose event loop drives the door.

#include "lang/python/interpreter/gil.h"
#include "runtime/base/mutex.h"
#include "tests/unit/lang/python/web_test.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <pybind11/pybind11.h>
#include <signal.h>
#include <sys/eventfd.h>

#include <array>
#include <future>
#include <thread>
#include <vector>

namespace openfc::python {
namespace {

using ::testing::HasSubstr;

/// A door whose clients are the test.
class FakeDoor final : public DrivenDoor {
 public:
  bool Drive(Deadline until) override {
    AwaitSomething(until);
    for (auto& submit : TakeCalls()) submit();
    const MutexLock lock(mutex_);
    return !is_over_;
  }

  void Wake() override { (void)::eventfd_write(wake_.get(), 1); }

  void Watch(UniqueFd fd, std::function<void()> when_ready) override {
    watched_ = {std::move(fd), std::move(when_ready)};
  }

  /// Has `submit` called by the thread that drives.
  void Bring(std::function<void()> submit) {
    {
      const MutexLock lock(mutex_);
      calls_.push_back(std::move(submit));
      is_idle_ = false;
    }
    Wake();
  }

  /// Until the loop has nothing to do but to wait.
  void AwaitIdle() {
    const auto until = std::chrono::steady_clock::now() + testing::kLimit;
    const MutexLock lock(mutex_);
    while (!is_idle_) {
      if (!changed_.WaitUntil(mutex_, until)) return;
    }
  }

  /// Whether what is watched is readable. After the last Drive().
  bool IsReady() const {
    pollfd entry{.fd = watched_.fd.get(), .events = POLLIN, .revents = 0};
    return ::poll(&entry, 1, 0) > 0;
  }

  void End() {
    {
      const MutexLock lock(mutex_);
      is_over_ = true;
    }
    Wake();
  }

 private:
  struct Watched {
    UniqueFd fd;
    std::function<void()> when_ready;
  };

  void AwaitSomething(Deadline until) {
    NoteThatItWaits(until);
    std::array<pollfd, 2> entries{
        {{.fd = wake_.get(), .events = POLLIN, .revents = 0},
         {.fd = watched_.fd.get(), .events = POLLIN, .revents = 0}}};  // None yet: not looked at.
    while (::poll(entries.data(), entries.size(), until.PollTimeout()) < 0 && errno == EINTR) {
    }  // As the real door: a signal is no reason to return.
    eventfd_t count = 0;
    (void)::eventfd_read(wake_.get(), &count);
    if (entries[1].revents != 0) watched_.when_ready();
  }

  void NoteThatItWaits(Deadline until) {
    const MutexLock lock(mutex_);
    is_idle_ = until.PollTimeout() < 0 && calls_.empty();
    changed_.NotifyAll();
  }

  std::vector<std::function<void()>> TakeCalls() {
    const MutexLock lock(mutex_);
    return std::exchange(calls_, {});
  }

  const UniqueFd wake_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  Watched watched_;
  Mutex mutex_;
  std::vector<std::function<void()>> calls_ GUARDED_BY(mutex_);
  bool is_over_ GUARDED_BY(mutex_) = false;
  bool is_idle_ GUARDED_BY(mutex_) = false;
  CondVar changed_;  // It is idle.
};

class DrivenLoopTest : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    options_.concurrent_limit = 0;
    options_.drives_door = true;
  }

  /// Drives in this thread until `clients`, in another one, have done.
  template <typename Clients>
  void DriveWhile(Clients clients) {
    driver_ = ::pthread_self();
    std::jthread others([this, &clients] {
      clients();
      door_.End();
    });
    python_->Drive(door_);
  }

  Client Bring(Invocation invocation) {
    Client client;
    auto kept = std::make_shared<Invocation>(std::move(invocation));
    door_.Bring([this, kept, client] { Send(std::move(*kept), client); });
    return client;
  }

  /// A signal for the thread that drives, while it does; returns when it has come.
  void BringSignal() {
    std::promise<void> raised;
    door_.Bring([&raised] {
      ::raise(SIGUSR1);
      raised.set_value();
    });
    raised.get_future().wait();
  }

  Invocation Event(const std::string& name = "index.app") {
    Invocation invocation;
    invocation.request_id = "r-1";
    invocation.function.handler = name;
    invocation.body = std::string("event");
    return invocation;
  }

  /// What the one invocation of `code`, an event handler called `app`, answers.
  std::string AnswerTo(std::string_view code) {
    Serve(code);
    EXPECT_TRUE(loaded_.has_value() && loaded_->drives_door);
    std::string answer;
    DriveWhile([this, &answer] { answer = TextOf(Bring(Event()).AwaitOutcome()); });
    return answer;
  }

  FakeDoor door_;
  pthread_t driver_ = {};  // Of DriveWhile().
};

constexpr const char* kApplication =
    "import asyncio, threading\n"
    "started = []\n"
    "async def app(scope, receive, send):\n"
    "    if scope['type'] == 'lifespan':\n"
    "        started.append((await receive())['type'])\n"
    "        await send({'type': 'lifespan.startup.complete'})\n"
    "        started.append((await receive())['type'])\n"
    "        print(started)\n"
    "        await send({'type': 'lifespan.shutdown.complete'})\n"
    "        return\n"
    "    body = await answer(receive)\n"
    "    await send({'type': 'http.response.start', 'status': 200})\n"
    "    await send({'type': 'http.response.body', 'body': body})\n";

TEST_F(DrivenLoopTest, ServesAnApplicationInTheThreadThatDrives) {
  Serve(std::string(kApplication) +
        "async def answer(receive):\n"
        "    is_main = threading.current_thread() is threading.main_thread()\n"
        "    return repr((is_main, started)).encode()\n");
  ASSERT_TRUE(loaded_ && loaded_->drives_door);

  DriveWhile([this] {
    EXPECT_EQ(BodyOf(Bring(Of(Get("/")))), "(True, ['lifespan.startup'])");
    EXPECT_EQ(BodyOf(Bring(Of(Get("/")))), "(True, ['lifespan.startup'])");
  });

  EXPECT_THAT(OutputOf([this] { python_.reset(); }),
              HasSubstr("['lifespan.startup', 'lifespan.shutdown']"));
}

TEST_F(DrivenLoopTest, ServesManyRequestsAtOnce) {
  Serve(std::string(kApplication) +
        "met = []\n"
        "async def answer(receive):\n"
        "    met.append(asyncio.get_running_loop().create_future())\n"
        "    if len(met) == 3:\n"
        "        for one in met: one.set_result(None)\n"
        "    await asyncio.wait(met)\n"
        "    return b'all met'\n");

  DriveWhile([this] {
    const std::vector<Client> clients{Bring(Of(Get("/"))), Bring(Of(Get("/"))),
                                      Bring(Of(Get("/")))};
    for (const Client& client : clients) EXPECT_EQ(BodyOf(client), "all met");
  });
}

TEST_F(DrivenLoopTest, AwaitsABodyThatComesInParts) {
  Serve(std::string(kApplication) +
        "async def answer(receive):\n"
        "    body, more = b'', True\n"
        "    while more:\n"
        "        message = await receive()\n"
        "        body += message['body'] + b'|'\n"
        "        more = message['more_body']\n"
        "    return body\n");

  DriveWhile([this] {
    Client client;
    auto streamed = std::make_shared<Invocation>(Streamed(Get("/"), client));
    door_.Bring([this, streamed, client] { Send(std::move(*streamed), client); });
    client.SendBody("one");
    client.EndBody();
    EXPECT_THAT(BodyOf(client), HasSubstr("one|"));
  });
}

TEST_F(DrivenLoopTest, RunsTimersThreadsAndDescriptorsOfTheUsers) {
  const std::string answer = AnswerTo(
      "import asyncio, os, sys\n"
      "async def app(event, context):\n"
      "    loop = asyncio.get_running_loop()\n"
      "    await asyncio.sleep(0.001)\n"
      "    said = [await loop.run_in_executor(None, lambda: 'thread')]\n"
      "    ours, theirs = os.pipe()\n"
      "    readable = loop.create_future()\n"
      "    loop.add_reader(ours, readable.set_result, 'reader')\n"
      "    loop.call_later(0.001, os.write, theirs, b'x')\n"
      "    said.append(await readable)\n"
      "    loop.remove_reader(ours)\n"
      "    for one in ours, theirs: os.close(one)\n"
      "    child = await asyncio.create_subprocess_exec(\n"
      "        '/bin/echo', 'child', stdout=asyncio.subprocess.PIPE)\n"
      "    said.append((await child.communicate())[0].decode().strip())\n"
      "    return ' '.join(said)\n");

  EXPECT_EQ(answer, "thread reader child");
}

TEST_F(DrivenLoopTest, TellsAnEventHandlerOfItsOwnInvocation) {
  EXPECT_EQ(AnswerTo("import asyncio\n"
                     "async def app(event, context):\n"
                     "    await asyncio.sleep(0)\n"
                     "    return context.request_id + ' ' + event.decode()\n"),
            "r-1 event");
}

TEST_F(DrivenLoopTest, AHookMayRunALoopOfItsOwn) {
  Serve(
      "import asyncio\n"
      "made = []\n"
      "async def make(): made.append('made')\n"
      "def initialize(context): asyncio.run(make())\n"
      "async def app(event, context): return made[0] + "
      "str(asyncio.get_running_loop().is_running())\n");

  DriveWhile([this] {
    Invocation hook = Event("index.initialize");
    hook.type = InvocationType::kInitialize;
    EXPECT_EQ(TypeOf(Bring(std::move(hook)).AwaitOutcome()), "no failure");
    EXPECT_EQ(TextOf(Bring(Event()).AwaitOutcome()), "madeTrue");
  });
}

TEST_F(DrivenLoopTest, CancelsACoroutineAtItsDeadline) {
  Serve(
      "import asyncio\n"
      "async def app(event, context): await asyncio.Event().wait()\n");

  DriveWhile([this] {
    Invocation late = Event();
    late.deadline = Deadline::After(std::chrono::milliseconds(1));
    late.function.timeout_s = 1;
    EXPECT_EQ(TypeOf(Bring(std::move(late)).AwaitOutcome()), "FunctionTimeout");
  });
}

TEST_F(DrivenLoopTest, GoesOnAfterTheUserHasStoppedTheLoop) {
  Serve(
      "import asyncio\n"
      "async def app(event, context):\n"
      "    asyncio.get_running_loop().stop()\n"
      "    await asyncio.sleep(0.001)\n"
      "    return 'still here'\n");

  DriveWhile([this] {
    EXPECT_EQ(TextOf(Bring(Event()).AwaitOutcome()), "still here");
    EXPECT_EQ(TextOf(Bring(Event()).AwaitOutcome()), "still here");
  });
}

TEST_F(DrivenLoopTest, AnswersForATaskFactoryThatRaises) {
  Serve(std::string(kApplication) +
        "async def answer(receive):\n"
        "    loop = asyncio.get_running_loop()\n"
        "    if loop.get_task_factory(): return b'unreachable'\n"
        "    def refuse(loop, coroutine, **_):\n"
        "        coroutine.close()\n"
        "        loop.set_task_factory(None)\n"
        "        raise ValueError('no tasks')\n"
        "    loop.set_task_factory(refuse)\n"
        "    return b'set'\n");

  DriveWhile([this] {
    EXPECT_EQ(BodyOf(Bring(Of(Get("/")))), "set");
    EXPECT_EQ(Bring(Of(Get("/"))).AwaitEnd(), testing::ReplyEnd::kAbandoned);
    EXPECT_EQ(BodyOf(Bring(Of(Get("/")))), "set");
  });
}

constexpr const char* kRaiseOnSignal =
    "import asyncio, signal\n"
    "waiting = []\n"
    "def on_signal(*_): raise TimeoutError('by a signal handler')\n"
    "signal.signal(signal.SIGUSR1, on_signal)\n"
    "async def meet_another():\n"
    "    if waiting: return waiting[0].set_result(None)\n"
    "    waiting.append(asyncio.get_running_loop().create_future())\n"
    "    await waiting[0]\n";

TEST_F(DrivenLoopTest, AnApplicationOutlivesASignalHandlerThatRaises) {
  Serve(std::string(kRaiseOnSignal) + kApplication +
        "async def answer(receive):\n"
        "    await meet_another()\n"
        "    return b'here'\n");

  const std::string output = OutputOf([this] {
    DriveWhile([this] {
      const Client early = Bring(Of(Get("/")));
      for (int i = 0; i < 100; ++i) BringSignal();
      EXPECT_EQ(BodyOf(Bring(Of(Get("/")))), "here");
      EXPECT_EQ(BodyOf(early), "here");
    });
  });

  EXPECT_THAT(output, HasSubstr("TimeoutError: by a signal handler"));
}

TEST_F(DrivenLoopTest, EventsInFlightOutliveASignalHandlerThatRaises) {
  Serve(std::string(kRaiseOnSignal) +
        "async def app(event, context):\n"
        "    await meet_another()\n"
        "    return 'here'\n");

  (void)OutputOf([this] {
    DriveWhile([this] {
      const Client early = Bring(Event());
      BringSignal();
      EXPECT_EQ(TextOf(Bring(Event()).AwaitOutcome()), "here");
      EXPECT_EQ(TextOf(early.AwaitOutcome()), "here");
    });
  });
}

class SignalLoopTest : public DrivenLoopTest {
 protected:
  void TearDown() override {
    (void)TakeWakeUpDescriptor();
    DrivenLoopTest::TearDown();
  }

  /// -1: there was none.
  static int TakeWakeUpDescriptor() {
    const Gil gil;
    return pybind11::module_::import("signal").attr("set_wakeup_fd")(-1).cast<int>();
  }

  /// Whether SIGUSR1, for which `arm` prepares, is heard while the loop has nothing to do.
  std::string HeardAfter(const std::string& arm) {
    Serve(
        "import asyncio, os, signal\n"
        "futures = []\n"
        "def came(*_): futures[0].set_result('heard')\n"
        "async def app(event, context):\n"
        "    if futures: return await futures[0]\n"
        "    loop = asyncio.get_running_loop()\n"
        "    futures.append(loop.create_future())\n" +
        arm);
    std::string answer;
    DriveWhile([this, &answer] {
      (void)Bring(Event()).AwaitOutcome();
      const Client client = Bring(Event());
      door_.AwaitIdle();
      ::pthread_kill(driver_, SIGUSR1);
      answer = TextOf(client.AwaitOutcome());
    });
    return answer;
  }
};

TEST_F(SignalLoopTest, RunsAHandlerOfPythonsAtOnce) {
  EXPECT_EQ(HeardAfter("    signal.signal(signal.SIGUSR1, came)\n"), "heard");
}

TEST_F(SignalLoopTest, RunsAHandlerOfTheLoops) {
  EXPECT_EQ(HeardAfter("    loop.add_signal_handler(signal.SIGUSR1, came)\n"), "heard");
}

TEST_F(SignalLoopTest, RunsAHandlerAtOnceAfterTheLoopHadOneOfItsOwn) {
  EXPECT_EQ(HeardAfter("    loop.add_signal_handler(signal.SIGUSR2, came)\n"
                       "    assert loop.remove_signal_handler(signal.SIGUSR2)\n"
                       "    assert not loop.remove_signal_handler(signal.SIGUSR2)\n"
                       "    signal.signal(signal.SIGUSR1, came)\n"),
            "heard");
}

TEST_F(SignalLoopTest, LeavesTheWakeUpDescriptorToAUserWhoHasOne) {
  EXPECT_EQ(HeardAfter("    ours, theirs = os.pipe()\n"
                       "    for one in ours, theirs: os.set_blocking(one, False)\n"
                       "    signal.signal(signal.SIGUSR1, lambda *_: None)\n"
                       "    signal.set_wakeup_fd(theirs)\n"
                       "    loop.add_reader(ours, lambda: os.read(ours, 9) and came())\n"),
            "heard");
}

TEST_F(SignalLoopTest, HasNoWakeUpDescriptorAfterwards) {
  EXPECT_EQ(HeardAfter("    signal.signal(signal.SIGUSR1, came)\n"), "heard");

  EXPECT_EQ(TakeWakeUpDescriptor(), -1);
}

TEST_F(DrivenLoopTest, GivesUpALoopThatOnlyFails) {
  Serve(
      "import asyncio\n"
      "loops = []\n"
      "async def app(event, context):\n"
      "    loops.append(asyncio.get_running_loop())\n"
      "    if len(loops) == 2: return str(loops[0] is loops[1])\n"
      "    def select(timeout): raise OSError('no select')\n"
      "    loops[0]._selector.select = select\n"
      "    await asyncio.sleep(0)\n");

  DriveWhile([this] {
    EXPECT_EQ(TypeOf(Bring(Event()).AwaitOutcome()), "OSError");
    EXPECT_EQ(TextOf(Bring(Event()).AwaitOutcome()), "False");
  });
}

TEST_F(DrivenLoopTest, NothingWakesTheDoorForALoopThatWasGivenUp) {
  Serve(
      "import asyncio, os\n"
      "ends = []\n"
      "async def app(event, context):\n"
      "    if ends: return 'next'\n"
      "    ends.extend(os.pipe())\n"
      "    loop = asyncio.get_running_loop()\n"
      "    loop.add_reader(ends[0], print)\n"
      "    os.write(ends[1], b'never read')\n"
      "    loop._selector.select = None\n"
      "    await asyncio.sleep(0)\n");

  DriveWhile([this] {
    EXPECT_EQ(TypeOf(Bring(Event()).AwaitOutcome()), "TypeError");
    EXPECT_EQ(TextOf(Bring(Event()).AwaitOutcome()), "next");
  });

  EXPECT_FALSE(door_.IsReady());
}

TEST_F(DrivenLoopTest, AnApplicationWhoseLoopOnlyFailsEndsWithTheProcess) {
  EXPECT_EXIT(
      {
        Serve(std::string(kApplication) +
              "async def answer(receive): asyncio.get_running_loop()._selector.select = None\n");
        DriveWhile([this] { Bring(Of(Get("/"))).AwaitEnd(); });
      },
      ::testing::ExitedWithCode(1), "");
}

TEST_F(DrivenLoopTest, AnswersTheRestOfABatchThatATaskFactoryBreaksInto) {
  Serve(std::string(kApplication) +
        "def refuse_once(loop, coroutine, **_):\n"
        "    coroutine.close()\n"
        "    loop.set_task_factory(None)\n"
        "    raise BaseException('no tasks')\n"
        "async def answer(receive):\n"
        "    loop = asyncio.get_running_loop()\n"
        "    loop.set_task_factory(refuse_once)\n"
        "    return b'set'\n");

  DriveWhile([this] {
    EXPECT_EQ(BodyOf(Bring(Of(Get("/")))), "set");
    const Client refused;
    const Client served;
    door_.Bring([&, this] {
      Send(Of(Get("/")), refused);
      Send(Of(Get("/")), served);
    });
    EXPECT_EQ(refused.AwaitEnd(), testing::ReplyEnd::kAbandoned);
    EXPECT_EQ(served.AwaitEnd(), testing::ReplyEnd::kSent);
  });
}

TEST_F(DrivenLoopTest, AChildThatACoroutineForksLeavesTheDoorToItsParent) {
  const std::string answer = AnswerTo(
      "import asyncio, os\n"
      "async def app(event, context):\n"
      "    child = os.fork()\n"
      "    if child == 0:\n"
      "        await asyncio.sleep(1000)\n"
      "    return str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) if hasattr(\n"
      "        os, 'waitstatus_to_exitcode') else os.WEXITSTATUS(os.waitpid(child, 0)[1]))\n");

  EXPECT_EQ(answer, "1");
}

TEST_F(DrivenLoopTest, LeavesTheDoorAloneWhereOneIsToRunAtATime) {
  options_.concurrent_limit = 1;

  Serve("async def app(event, context): return 'x'\n");

  ASSERT_TRUE(loaded_);
  EXPECT_FALSE(loaded_->drives_door);
}

TEST_F(DrivenLoopTest, LeavesTheDoorAloneWhereUvloopIsAskedFor) {
  options_.event_loop = EventLoop::kUvloop;

  Serve("async def app(event, context): return 'x'\n");

  ASSERT_TRUE(loaded_);
  EXPECT_FALSE(loaded_->drives_door);
}

TEST_F(DrivenLoopTest, LeavesTheDoorAloneForAFunctionThatIsNotAsync) {
  Serve("def app(event, context): return 'x'\n");

  ASSERT_TRUE(loaded_);
  EXPECT_FALSE(loaded_->drives_door);
}

}  // namespace
}  // namespace openfc::python
