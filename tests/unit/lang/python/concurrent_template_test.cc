#include "lang/python/interpreter/fork.h"
#include "tests/unit/lang/python/concurrent_test.h"

#include <sys/wait.h>
#include <unistd.h>

namespace openfc::python {
namespace {

class ConcurrentTemplateTest : public ConcurrentTest {};

TEST_F(ConcurrentTemplateTest, AForkedProcessKeepsLinesWholeAndWritesNoneOfTheTemplates) {
  Write("index.py",
        "print('template', end='')\n"
        "def handler(event, context):\n"
        "    for part in 'abc': print(part, end='', flush=True)\n"
        "    print()\n");
  const auto python = MakeHandler();

  const std::string output = OutputOf([&] {
    ASSERT_TRUE(python->Preload("index.handler"));
    pid_t child = -1;
    {
      const Gil gil;
      child = Fork().value();
    }
    if (child == 0) {
      python->ServeInForkedProcess();
      AnswerAll(*python, {"", "", "", ""});
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
  });

  EXPECT_EQ(output, "templateabc\nabc\nabc\nabc\n");
}

}  // namespace
}  // namespace openfc::python
