#include "lang/python/interpreter/fork.h"
#include "tests/unit/lang/python/function_test.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

namespace openfc::python {
namespace {

using ::testing::HasSubstr;

class TemplateTest : public FunctionTest {
 protected:
  Expected<pid_t> ForkWorker() {
    const Gil gil;
    return Fork();
  }
};

TEST_F(TemplateTest, APreloadedModuleIsNotImportedAgain) {
  RunPython("import sys; sys.imports = 0");
  Write("index.py",
        "import sys\nsys.imports += 1\ndef handler(event, context): return sys.imports\n");

  ASSERT_TRUE(handler().Preload("index.handler"));

  EXPECT_EQ(TextOf(Invoke()), "1");
}

TEST_F(TemplateTest, AModuleThatCannotBeLoadedIsTheFirstInvocationsToAnswer) {
  Write("index.py", "raise RuntimeError('not yet')\n");

  const Status loaded = handler().Preload("index.handler");

  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message, "Module initialization error: 'not yet'");
  EXPECT_THAT(TextOf(Invoke()), HasSubstr("not yet"));
}

TEST_F(TemplateTest, AForkedProcessServesWithWhatWasPreloaded) {
  Write("index.py",
        "import os\nimporter = os.getpid()\n"
        "def handler(event, context): return importer != os.getpid()\n"
        "async def coroutine(event, context): return importer != os.getpid()\n");
  ASSERT_TRUE(handler().Preload("index.handler"));
  EXPECT_EQ(TextOf(Invoke("index.coroutine")),
            "false");  // The template's loop is not the worker's.

  const auto child = ForkWorker();
  ASSERT_TRUE(child);
  if (*child == 0) {
    handler().ServeInForkedProcess();
    const std::string answers = TextOf(Invoke()) + TextOf(Invoke("index.coroutine"));
    ::_exit(answers == "truetrue" ? 0 : 1);
  }

  int status = -1;
  ASSERT_EQ(::waitpid(*child, &status, 0), *child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(TextOf(Invoke("index.coroutine")), "false");
}

}  // namespace
}  // namespace openfc::python
