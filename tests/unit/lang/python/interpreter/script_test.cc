#include "lang/python/interpreter/script.h"

#include "lang/python/interpreter/gil.h"
#include "lang/python/interpreter/interpreter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::python {
namespace {

using ::testing::HasSubstr;

class ScriptTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto interpreter = Interpreter::Start({.path_front = {}, .argv0 = "script"});
    ASSERT_TRUE(interpreter);
    interpreter_ = *std::move(interpreter);
  }

  std::unique_ptr<Interpreter> interpreter_;
};

TEST_F(ScriptTest, CallsFunctionsWithBytes) {
  const Gil gil;
  const auto script =
      Script::Load("<s>", "import os\ndef f(a, b):\n    return a + b\ndef g():\n    pass\n");
  ASSERT_TRUE(script) << script.error().message;

  const std::string zeros("a\0b", 3);
  EXPECT_EQ((*script)->Call("f", {zeros, "c"}).value(), zeros + "c");
  EXPECT_EQ((*script)->Call("g", {}).value(), "");
}

TEST_F(ScriptTest, TellsInPythonsWordsWhatWentWrong) {
  const Gil gil;
  EXPECT_THAT(Script::Load("<s>", "def").error().message, HasSubstr("SyntaxError"));
  EXPECT_THAT(Script::Load("<s>", "1 / 0").error().message, HasSubstr("division by zero"));
  const auto script =
      Script::Load("<s>", "def f():\n    raise SystemExit(3)\ndef g():\n    return 3");
  ASSERT_TRUE(script);

  EXPECT_THAT((*script)->Call("f", {}).error().message, HasSubstr("SystemExit: 3"));
  EXPECT_THAT((*script)->Call("g", {}).error().message, HasSubstr("bytes"));
  EXPECT_THAT((*script)->Call("h", {}).error().message, HasSubstr("no such function"));
}

}  // namespace
}  // namespace openfc::python
