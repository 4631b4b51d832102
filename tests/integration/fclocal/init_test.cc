// `fclocal init`: the files that it writes are functions that run, and tests that pass.

#include "tests/fakes/programs.h"
#include "tests/integration/fclocal/fclocal_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace openfc::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class FclocalInitTest : public FclocalTest {
 protected:
  Invoked Init(Words words) {
    words.insert(words.begin(), "init");
    return RunCommand(words);
  }

  /// pytest in a new function's folder, with the plugin.
  Invoked RunItsTests(const std::string& folder) {
    environment_ = {{"PYTHONPATH", OPENFC_SOURCE_DIR "/emulator/pytest"},
                    {"PYTHONDONTWRITEBYTECODE", "1"},
                    {"OPENFC_FCLOCAL", ProgramPath("fclocal")}};
    const auto program =
        StartProgram("/usr/bin/python3", {"-m", "pytest", "-q", "-p", "openfc_pytest.plugin", "-p",
                                          "no:cacheprovider", (folder_.path() / folder).string()});
    return AwaitEnd(*program);
  }
};

TEST_F(FclocalInitTest, WritesAFunctionOfEvents) {
  const Invoked made = Init({"greeter"});
  EXPECT_EQ(made.exit_code, 0);
  EXPECT_EQ(made.out, "");
  EXPECT_THAT(made.err, HasSubstr("fclocal: wrote "));

  const Invoked invoked = Run({"-c", "greeter/s.yaml", "-e", "{\"name\": \"Zoe\"}"});

  EXPECT_EQ(invoked.exit_code, 0);
  EXPECT_EQ(invoked.json()["greeting"], "hello, Zoe");
}

TEST_F(FclocalInitTest, WritesAFunctionOfRequests) {
  ASSERT_EQ(Init({"--template", "http", "--name", "web"}).exit_code, 0);

  const Invoked invoked = Run({"--event-type", "http", "--set", "method=GET", "web"});

  EXPECT_EQ(invoked.exit_code, 0);
  EXPECT_EQ(invoked.json()["statusCode"], 200);
}

TEST_F(FclocalInitTest, WritesTestsThatPass) {
  for (const char* const name : {"event", "http"}) {
    ASSERT_EQ(Init({name, "--template", name}).exit_code, 0);

    const Invoked tested = RunItsTests(name);

    EXPECT_EQ(tested.exit_code, 0) << tested.out << tested.err;
    EXPECT_THAT(tested.out, HasSubstr(" passed"));
  }
}

TEST_F(FclocalInitTest, WritesTestsThatNoticeAMistake) {
  ASSERT_EQ(Init({"event"}).exit_code, 0);
  folder_.WriteFile("event/code/index.py", "def handler(event, context):\n    return event\n");

  EXPECT_EQ(RunItsTests("event").exit_code, 1);
}

TEST_F(FclocalInitTest, WritesWebApplicationsThatCanBeBuilt) {
  for (const char* const name : {"flask", "fastapi"}) {
    ASSERT_EQ(Init({name, "--template", name}).exit_code, 0);
    EXPECT_TRUE(fs::exists(folder_.path() / name / "code/requirements.txt"));
  }
}

TEST_F(FclocalInitTest, OverwritesNothing) {
  folder_.WriteFile("app/s.yaml", "mine");
  folder_.WriteFile("app/tests/test_index.py", "mine");
  folder_.WriteFile("app/other", "mine");

  const Invoked made = Init({"app"});

  EXPECT_EQ(made.exit_code, 2);
  EXPECT_THAT(made.err, AllOf(HasSubstr("/app has s.yaml, tests/test_index.py already"),
                              HasSubstr("nothing was written")));
  EXPECT_FALSE(fs::exists(folder_.path() / "app/code"));
}

TEST_F(FclocalInitTest, DoesNotWriteThroughALinkThatLeadsNowhere) {
  fs::create_directory(folder_.path() / "app");
  fs::create_symlink(folder_.path() / "target", folder_.path() / "app/s.yaml");

  EXPECT_EQ(Init({"app"}).exit_code, 2);
  EXPECT_FALSE(fs::exists(folder_.path() / "target"));
}

TEST_F(FclocalInitTest, EndsInASentenceForWhatCannotBeMeant) {
  EXPECT_THAT(Init({"app", "--template", "django"}).err, HasSubstr("no template 'django'"));
  EXPECT_THAT(Init({"9lives"}).err, HasSubstr("'9lives' is no name for a function"));
  EXPECT_EQ(Init({"9lives", "--name", "lives"}).exit_code, 0);
  folder_.WriteFile("file", "");
  EXPECT_EQ(Init({"file"}).exit_code, 1);
}

}  // namespace
}  // namespace openfc::testing
