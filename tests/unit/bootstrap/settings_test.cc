#include "bootstrap/rloader/settings.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>

namespace openfc::bootstrap {
namespace {

using std::chrono_literals::operator""s;
using ::testing::ElementsAre;
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
  cgroup.WriteFile("pids.max", "max\n");
  cgroup.WriteFile("cpu.max", "max 100000\n");

  const auto settings = Read({{"OPENFC_GRACE_SECONDS", "0"},
                              {"OPENFC_STACKS_MS", "2000"},
                              {"OPENFC_WATCH_MEMORY_MB", "128"},
                              {"OPENFC_MEMORY_LIMIT_MB", "256"},
                              {"OPENFC_CGROUP", cgroup.path().string()},
                              {"OPENFC_PIDS_CGROUP", cgroup.path().string()},
                              {"OPENFC_CPU_CGROUP", cgroup.path().string()},
                              {"OPENFC_PROCESSORS", "0,17"},
                              {"OPENFC_MOST_PROCESSORS", "1"}});

  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->grace, 0s);
  EXPECT_EQ(settings->stacks_patience, 2s);
  EXPECT_THAT(settings->watch_limit_mb, Optional(128));
  EXPECT_THAT(settings->limit_mb, Optional(256));
  EXPECT_THAT(settings->cgroup, Optional(cgroup.path().string()));
  EXPECT_THAT(settings->pids_cgroup, Optional(cgroup.path().string()));
  EXPECT_THAT(settings->cpu_cgroup, Optional(cgroup.path().string()));
  EXPECT_THAT(settings->processors.numbers, ElementsAre(0, 17));
  EXPECT_EQ(settings->processors.most, 1U);
}

TEST(SettingsTest, RefuseWhatIsNoListOfProcessors) {
  for (const char* text : {"x", "0,", ",0", "0;1", "-1", "1024", "1 2"}) {
    const auto settings = Read({{"OPENFC_PROCESSORS", text}});

    ASSERT_FALSE(settings) << text;
    EXPECT_EQ(settings.error().message, std::string("OPENFC_PROCESSORS is '") + text +
                                            "', but must be numbers of processors, as in 0,2");
  }
}

TEST(SettingsTest, TakeTheCommandLineOver) {
  const auto settings = Read({}, {.bootstrap = "/b", .restarts = false});

  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->bootstrap, "/b");
  EXPECT_FALSE(settings->restarts);
}

TEST(SettingsTest, AskNothingOfARuntimeWhereACommandIsSupervised) {
  const auto settings =
      Settings::From({.command = {"/app", "-v"}}, {{"FC_RUNTIME_API", "nonsense"},
                                                   {"AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1"},
                                                   {"FC_CUSTOM_LISTEN_PORT", "nonsense"},
                                                   {"OPENFC_GRACE_SECONDS", "7"}});

  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_THAT(settings->command, ElementsAre("/app", "-v"));
  EXPECT_EQ(settings->grace, 7s);
}

TEST(SettingsTest, RefuseABadGraceOfACommandToo) {
  EXPECT_FALSE(Settings::From({.command = {"/app"}}, {{"OPENFC_GRACE_SECONDS", "soon"}}));
}

TEST(SettingsTest, RefuseAHandlerWhereThePlatformNamesIt) {
  const auto settings = Read({}, {.handler = "app.handler"});

  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(
      settings.error().message,
      "'app.handler' names a function, but with FC_RUNTIME_API set the platform does: drop one "
      "of them");
}

TEST(SettingsTest, RefuseFlagsOfTheHttpModeWhereARuntimeApiIsPolled) {
  for (const auto& [flag, line] : std::vector<std::pair<std::string, CommandLine>>{
           {"--port", {.port = "80"}},
           {"--interface", {.interface = "event"}},
           {"--error-status", {.error_status = "500"}}}) {
    const auto settings = Read({}, line);

    ASSERT_FALSE(settings) << flag;
    EXPECT_EQ(settings.error().message,
              flag + " is of the HTTP mode, and FC_RUNTIME_API is set: drop one of them");
  }
}

TEST(SettingsTest, AreOfTheHttpModeWithoutARuntimeApi) {
  const CommandLine line{.handler = "app.handler", .port = "0", .error_status = "500"};

  const auto settings = Settings::From(
      line, InstanceEnvironment(line, {{"PORT", "nonsense"}, {"OPENFC_METRICS_PORT", "9100"}}));

  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_TRUE(settings->mode.is_http);
  EXPECT_EQ(settings->http.port, 0);
  EXPECT_EQ(settings->http.error_status, 500);
  EXPECT_THAT(settings->http.metrics_port, Optional(9100));
}

TEST(SettingsTest, AreContentWithTheHandlerOfTheCommandLine) {
  const CommandLine line{.handler = "app.handler"};
  const Environment environment =
      InstanceEnvironment(line, {{"AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"}});

  EXPECT_TRUE(Settings::From(line, environment));
}

TEST(InstanceEnvironmentTest, HasTheHandlerOfTheCommandLineBeforeItsOwn) {
  const Environment aws = {{"AWS_LAMBDA_RUNTIME_API", "1"}, {"_HANDLER", "own.handler"}};
  const Environment fc = {{"FC_FUNCTION_HANDLER", "own.handler"}};

  EXPECT_EQ(InstanceEnvironment({}, aws), aws);
  EXPECT_EQ(InstanceEnvironment({.handler = "app.handler"}, aws),
            (Environment{{"AWS_LAMBDA_RUNTIME_API", "1"}, {"_HANDLER", "app.handler"}}));
  EXPECT_EQ(InstanceEnvironment({.handler = "app.handler"}, fc),
            (Environment{{"FC_FUNCTION_HANDLER", "app.handler"}}));
}

TEST(InstanceEnvironmentTest, HasTheFlagsOfTheCommandLineBeforeItsOwn) {
  const CommandLine line{.port = "80", .interface = "wsgi", .error_status = "500"};

  EXPECT_EQ(InstanceEnvironment(line, {{"FC_CUSTOM_LISTEN_PORT", "9000"}}),
            (Environment{{"FC_CUSTOM_LISTEN_PORT", "80"},
                         {"OPENFC_INTERFACE", "wsgi"},
                         {"OPENFC_ERROR_STATUS", "500"}}));
}

TEST(SettingsTest, TreatAnEmptyVariableAsAbsent) {
  const auto settings = Read({{"OPENFC_GRACE_SECONDS", ""}, {"OPENFC_CGROUP", ""}});

  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->grace, 5s);
  EXPECT_EQ(settings->stacks_patience, std::chrono::milliseconds(100));
  EXPECT_FALSE(settings->cgroup);
}

TEST(SettingsTest, RefuseNonsenseByTheVariablesName) {
  const std::vector<std::pair<const char*, const char*>> nonsense = {
      {"OPENFC_GRACE_SECONDS", "-1"},    {"OPENFC_GRACE_SECONDS", "5s"},
      {"OPENFC_GRACE_SECONDS", "1e3"},   {"OPENFC_GRACE_SECONDS", "86401"},
      {"OPENFC_STACKS_MS", "0"},         {"OPENFC_STACKS_MS", "60001"},
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
