#include "tests/unit/lang/python/concurrent_test.h"

#include <gmock/gmock.h>

namespace openfc::python {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class ConcurrentLogTest : public ConcurrentTest {
 protected:
  /// What two invocations at once write; both are in `body`, after a barrier, before either ends.
  std::string OutputOfTwo(const std::string& body) {
    Write("index.py",
          "import logging, sys, threading\nbarrier = threading.Barrier(2, timeout=30)\n"
          "def in_thread(work, *args):\n"
          "    thread = threading.Thread(target=work, args=args)\n"
          "    thread.start()\n    thread.join()\n"
          "def handler(event, context):\n"
          "    mine = event.decode()\n    barrier.wait()\n    " +
              body + "\n    barrier.wait()\n");
    return OutputOf([&] { answers_ = AnswerAll({"one", "two"}); });
  }

  std::vector<std::string> answers_;
};

const auto kEachItsOwn = AllOf(HasSubstr(" r-1 [INFO] one\n"), HasSubstr(" r-2 [INFO] two\n"));

TEST_F(ConcurrentLogTest, RecordsCarryTheIdOfTheThreadsInvocation) {
  EXPECT_THAT(OutputOfTwo("logging.info(mine)"), kEachItsOwn);
}

TEST_F(ConcurrentLogTest, TheContextsLoggerCarriesItsIdFromAnyThread) {
  EXPECT_THAT(OutputOfTwo("in_thread(context.logger.info, mine)"), kEachItsOwn);
}

TEST_F(ConcurrentLogTest, SoDoesGetLogger) {
  EXPECT_THAT(OutputOfTwo("in_thread(context.getLogger().info, mine)"), kEachItsOwn);
}

TEST_F(ConcurrentLogTest, ARecordOfAnotherThreadHasNoIdOfSomeoneElses) {
  EXPECT_THAT(OutputOfTwo("in_thread(logging.info, mine)"),
              AllOf(HasSubstr("Z  [INFO] one\n"), HasSubstr("Z  [INFO] two\n")));
}

TEST_F(ConcurrentLogTest, TheContextsLoggerIsALogger) {
  OutputOfTwo("assert isinstance(context.logger, logging.Logger)");

  EXPECT_THAT(answers_, Each("null"));
}

TEST_F(ConcurrentLogTest, TheContextsLoggerObeysTheRootsLevelWhenThatChanges) {
  Write("index.py",
        "import logging\n"
        "def handler(event, context):\n"
        "    context.logger.debug('early')\n"
        "    logging.getLogger().setLevel('DEBUG')\n"
        "    context.logger.debug('in time')\n"
        "    logging.disable(logging.DEBUG)\n"
        "    context.logger.debug('late')\n"
        "    logging.disable(logging.NOTSET)\n");

  EXPECT_THAT(OutputOf([&] { AnswerAll({""}); }), MatchesRegex("[^ ]+Z r-1 \\[DEBUG\\] in time\n"));
}

TEST_F(ConcurrentLogTest, TheContextsLoggerKeepsALevelThatWasSetBeforeItsFirstRecord) {
  Write("index.py",
        "def handler(event, context):\n"
        "    context.logger.setLevel('ERROR')\n"
        "    context.logger.warning('too low')\n"
        "    context.logger.error('high enough')\n");

  EXPECT_THAT(OutputOf([&] { AnswerAll({""}); }),
              MatchesRegex("[^ ]+Z r-1 \\[ERROR\\] high enough\n"));
}

TEST_F(ConcurrentLogTest, TheContextsLoggerKeepsAHandlerThatWasAddedBeforeItsFirstRecord) {
  OutputOfTwo(
      "kept = []\n"
      "    handler = logging.Handler()\n"
      "    handler.emit = kept.append\n"
      "    context.logger.addHandler(handler)\n"
      "    context.logger.info(mine)\n"
      "    assert [r.getMessage() for r in kept] == [mine] and not hasattr(context.logger, 'no')");

  EXPECT_THAT(answers_, Each("null"));
}

TEST_F(ConcurrentLogTest, TheContextsLoggerHasAllThatALoggerHas) {
  OutputOfTwo(
      "mine = context.logger\n"
      "    for name, value in vars(logging.Logger('root')).items():\n"
      "        got = getattr(mine, name)\n"
      "        assert got == value or name == 'parent' and got is logging.getLogger(), name");

  EXPECT_THAT(answers_, Each("null"));
}

TEST_F(ConcurrentLogTest, TheContextsLoggerCanBePickled) {
  OutputOfTwo("import pickle; pickle.loads(pickle.dumps(context.logger))");

  EXPECT_THAT(answers_, Each("null"));
}

TEST_F(ConcurrentLogTest, FramedRecordsStayWhole) {
  options_.frame_logs = true;

  const std::string output =
      OutputOfTwo("for i in range(50): logging.info('x' * 9000); print(mine)");

  std::size_t at = 0;
  std::string outside;
  while (at < output.size()) {
    if (output.compare(at, 4, "\xed\xdb\xac\x9b") != 0) {
      outside += output[at++];
      continue;
    }
    std::size_t length = 0;
    for (std::size_t i = 4; i < 8; ++i) {
      length = length << 8U | static_cast<unsigned char>(output.at(at + i));
    }
    const std::string record = output.substr(at + 8, length);
    EXPECT_THAT(record, ::testing::EndsWith(std::string(9000, 'x') + "\n"));
    at += 8 + length;
  }
  EXPECT_THAT(outside, Not(HasSubstr("onetwo")));
  EXPECT_EQ(outside.size(), 50U * 8);
}

TEST_F(ConcurrentLogTest, AtOneInvocationAtATimeThereIsNoLoggerButTheRoot) {
  options_.concurrent_limit = 1;
  options_.context_shape = ContextShape::kFc2;

  EXPECT_EQ(Answer("import logging\n"
                   "def handler(event, context):\n"
                   "    return repr((context.logger, context.getLogger() is logging.getLogger()))"),
            "(None, True)");
}

TEST_F(ConcurrentLogTest, AtOneInvocationAtATimeAThreadsRecordsCarryTheIdToo) {
  options_.concurrent_limit = 1;
  Write("index.py",
        "import logging, threading\n"
        "def handler(event, context):\n"
        "    thread = threading.Thread(target=logging.info, args=('x',))\n"
        "    thread.start()\n    thread.join()\n");

  EXPECT_THAT(OutputOf([&] { Invoke(); }), HasSubstr(" r-1 [INFO] x\n"));
}

}  // namespace
}  // namespace openfc::python
