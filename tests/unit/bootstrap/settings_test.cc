#include "bootstrap/rloader/settings.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>

namespace openfc::bootstrap {
namespace {

using std::chrono_literals::operator""s;
using ::testing::Optional;
using ::testing::StartsWith;

Expected<Settings> Read(const Environment& more, const CommandLine& line = {}) {
  Environment environment = {{"FC_RUNTIME_API", "127.0.0.1:9001"}};
  for (const auto& [name, value] : more) environment[name] = value;
  return Settings::From(line, environment);
}

TEST(SettingsTest, HaveDefaults) {
  const auto settings = Read({});

  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->mode.api.port, 9001);
  EXPECT_EQ(settings->grace, 5s);
  EXPECT_TRUE(settings->restarts);
  EXPECT_FALSE(settings->cgroup);
  EXPECT_FALSE(settings->watch_limit_mb);
  EXPECT_FALSE(settings->limit_mb);
}

TEST(SettingsTest, ReadEachVariable) {
  const openfc::testing::TempDir cgroup;
  cgroup.WriteFile("memory.max", "max\n");

  const auto settings = Read({{"OPENFC_GRACE_SECONDS", "0"},
                              {"OPENFC_WATCH_MEMORY_MB", "128"},
                              {"OPENFC_MEMORY_LIMIT_MB", "256"},
                              {"OPENFC_CGROUP", cgroup.path().string()}});

  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->grace, 0s);
  EXPECT_THAT(settings->watch_limit_mb, Optional(128));
  EXPECT_THAT(settings->limit_mb, Optional(256));
  EXPECT_THAT(settings->cgroup, Optional(cgroup.path().string()));
}

TEST(SettingsTest, TakeTheCommandLineOver) {
  const auto settings = Read({}, {.bootstrap = "/b", .restarts = false});

  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->bootstrap, "/b");
  EXPECT_FALSE(settings->restarts);
}

TEST(SettingsTest, RefuseAHandlerWhereNoAwsFunctionIsServed) {
  const auto settings = Read({}, {.handler = "app.handler"});

  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(settings.error().message,
            "'app.handler' names an AWS function, but AWS_LAMBDA_RUNTIME_API is not set");
}

TEST(SettingsTest, AreContentWithTheHandlerOfTheCommandLine) {
  const CommandLine line{.handler = "app.handler"};
  const Environment environment =
      InstanceEnvironment(line, {{"AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"}});

  EXPECT_TRUE(Settings::From(line, environment));
}

TEST(InstanceEnvironmentTest, HasTheHandlerOfTheCommandLineBeforeItsOwn) {
  const Environment own = {{"A", "1"}, {"_HANDLER", "own.handler"}};

  EXPECT_EQ(InstanceEnvironment({}, own), own);
  EXPECT_EQ(InstanceEnvironment({.handler = "app.handler"}, own),
            (Environment{{"A", "1"}, {"_HANDLER", "app.handler"}}));
}

TEST(SettingsTest, TreatAnEmptyVariableAsAbsent) {
  const auto settings = Read({{"OPENFC_GRACE_SECONDS", ""}, {"OPENFC_CGROUP", ""}});

  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->grace, 5s);
  EXPECT_FALSE(settings->cgroup);
}

TEST(SettingsTest, RefuseNonsenseByTheVariablesName) {
  const std::vector<std::pair<const char*, const char*>> nonsense = {
      {"OPENFC_GRACE_SECONDS", "-1"},    {"OPENFC_GRACE_SECONDS", "5s"},
      {"OPENFC_GRACE_SECONDS", "1e3"},   {"OPENFC_GRACE_SECONDS", "86401"},
      {"OPENFC_WATCH_MEMORY_MB", "0"},   {"OPENFC_WATCH_MEMORY_MB", "99999999999999999999"},
      {"OPENFC_MEMORY_LIMIT_MB", "big"}, {"OPENFC_MEMORY_LIMIT_MB", "-5"},
      {"OPENFC_CGROUP", "/no/such"},     {"OPENFC_CGROUP", "/usr"}};
  for (const auto& [name, value] : nonsense) {
    const auto settings = Read({{name, value}});

    ASSERT_FALSE(settings) << name << "=" << value;
    EXPECT_EQ(settings.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(settings.error().message,
                StartsWith(std::string(name) + " is '" + value + "', but "))
        << value;
  }
}

TEST(SettingsTest, RefuseAModeThatCannotBeServed) {
  EXPECT_FALSE(Read({{"FC_RUNTIME_API", "nonsense"}}));
  EXPECT_FALSE(Read({}, {.bootstrap = "", .wants_http = true}));
}

}  // namespace
}  // namespace openfc::bootstrap
