// What rloader refuses to start with: one sentence, exit code 2, nothing started.

#include "tests/fakes/programs.h"
#include "tests/integration/rloader/rloader_test.h"

#include <fstream>
#include <iterator>

namespace openfc::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct BadStart {
  const char* name;
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;
  std::string sentence;
};

class BadStartTest : public RloaderTest, public ::testing::WithParamInterface<BadStart> {};

TEST_P(BadStartTest, IsOneSentenceAndExitCode2) {
  auto options = Options("say:started");
  for (const auto& [name, value] : GetParam().environment) options.environment[name] = value;
  const auto& more = GetParam().arguments;
  options.arguments.insert(options.arguments.end(), more.begin(), more.end());
  rloader_.emplace("rloader", options);

  ExpectEnd(2);

  EXPECT_EQ(Err(), "rloader: " + GetParam().sentence + "\n");
  EXPECT_EQ(Out(), "");
  EXPECT_THAT(platform_.requests(), IsEmpty());
}

const std::string kLongLabel(70, 'x');  // No host name: nobody is asked for it.

INSTANTIATE_TEST_SUITE_P(
    All, BadStartTest,
    ::testing::Values(
        BadStart{"UnknownOption",
                 {"--frobnicate"},
                 {},
                 "The following argument was not expected: --frobnicate (rloader --help lists the "
                 "options)"},
        BadStart{"HttpWithAnApi",
                 {"--http"},
                 {},
                 "--http and FC_RUNTIME_API contradict each other: drop one of them"},
        BadStart{"PortOfAPlatformThatIsPolled",
                 {"--port", "9000"},
                 {},
                 "--port is of the HTTP mode, and FC_RUNTIME_API is set: drop one of them"},
        BadStart{"NoPort",
                 {},
                 {{"FC_RUNTIME_API", ""}, {"FC_CUSTOM_LISTEN_PORT", "http"}},
                 "FC_CUSTOM_LISTEN_PORT is 'http', but must be a whole number from 0 to 65535"},
        BadStart{"NoInterface",
                 {},
                 {{"FC_RUNTIME_API", ""}, {"OPENFC_INTERFACE", "cgi"}},
                 "OPENFC_INTERFACE is 'cgi', but must be event, wsgi or asgi"},
        BadStart{"BothModes",
                 {},
                 {{"AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1"}},
                 "FC_RUNTIME_API and AWS_LAMBDA_RUNTIME_API are both set: unset one of them"},
        BadStart{"MalformedApi",
                 {},
                 {{"FC_RUNTIME_API", "http://127.0.0.1:1/"}},
                 "FC_RUNTIME_API is 'http://127.0.0.1:1/', but must be host:port, as in "
                 "127.0.0.1:9001"},
        BadStart{"UnknownHost",
                 {},
                 {{"FC_RUNTIME_API", kLongLabel + ":9001"}},
                 "the platform's host '" + kLongLabel +
                     "' cannot be resolved: Name or service not known"},
        BadStart{"Grace",
                 {},
                 {{"OPENFC_GRACE_SECONDS", "soon"}},
                 "OPENFC_GRACE_SECONDS is 'soon', but must be a whole number from 0 to 86400"},
        BadStart{"WatchedMemory",
                 {},
                 {{"OPENFC_WATCH_MEMORY_MB", "0"}},
                 "OPENFC_WATCH_MEMORY_MB is '0', but must be a whole number from 1 to 1073741824"},
        BadStart{"Cgroup",
                 {},
                 {{"OPENFC_CGROUP", "/no/such"}},
                 "OPENFC_CGROUP is '/no/such', but must be a cgroup directory with the memory "
                 "controller"},
        BadStart{"PidsCgroup",
                 {},
                 {{"OPENFC_PIDS_CGROUP", "/no/such"}},
                 "OPENFC_PIDS_CGROUP is '/no/such', but must be a cgroup directory with the pids "
                 "controller"},
        BadStart{"CpuCgroup",
                 {},
                 {{"OPENFC_CPU_CGROUP", "/no/such"}},
                 "OPENFC_CPU_CGROUP is '/no/such', but must be a cgroup directory with the cpu "
                 "controller"},
        BadStart{"Processors",
                 {},
                 {{"OPENFC_PROCESSORS", "all"}},
                 "OPENFC_PROCESSORS is 'all', but must be numbers of processors, as in 0,2"}),
    [](const auto& row) { return row.param.name; });

struct BadRuntime {
  const char* name;
  std::string path;
  std::string sentence;
};

class BadRuntimeTest : public RloaderTest, public ::testing::WithParamInterface<BadRuntime> {};

TEST_P(BadRuntimeTest, IsOneSentenceAndExitCode2) {
  auto options = Options("say:started");
  options.arguments = {"--bootstrap", GetParam().path};
  rloader_.emplace("rloader", options);

  ExpectEnd(2);

  EXPECT_EQ(Err(), "rloader: the runtime '" + GetParam().path + "' " + GetParam().sentence + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    All, BadRuntimeTest,
    ::testing::Values(
        BadRuntime{"Missing", "/no/such",
                   "cannot be found: install or build it, or name another with --bootstrap"},
        BadRuntime{"AFolder", "/usr", "is not an executable file: name another with --bootstrap"},
        BadRuntime{"NotExecutable", "/etc/passwd",
                   "is not an executable file: name another with --bootstrap"}),
    [](const auto& row) { return row.param.name; });

using StartupTest = RloaderTest;

/// The fake runtime, but bound to a library that no machine has.
std::string WithoutItsLibrary(const TempDir& folder) {
  std::ifstream file(ProgramPath("fake_runtime"), std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  const std::string present = "libstdc++.so.6";
  const std::string absent("libpython9.so\0", 14);
  bytes.replace(bytes.find(present), present.size(), absent);
  const auto path = folder.WriteFile("bootstrap", bytes);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path.string();
}

TEST_F(StartupTest, NamesAMissingLibraryAndStartsNothingAnew) {
  auto options = Options("say:started");
  const std::string runtime = WithoutItsLibrary(folder_);
  options.arguments = {"--bootstrap", runtime};
  rloader_.emplace("rloader", options);

  ExpectEnd(2);

  EXPECT_THAT(Err(),
              EndsWith("\nrloader: the runtime '" + runtime +
                       "' needs the shared library libpython9.so, which is not on this machine: "
                       "install Python 9 with its library (Debian: apt-get install libpython9)\n"));
}

TEST_F(StartupTest, SaysWhyAFileThatIsNoProgramDoesNotRun) {
  const auto path = folder_.WriteFile("bootstrap", "just text\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  auto options = Options("say:started");
  options.arguments = {"--bootstrap", path.string()};
  rloader_.emplace("rloader", options);

  ExpectEnd(2);

  EXPECT_EQ(Err(), "rloader: cannot run '" + path.string() + "': Exec format error\n");
}

TEST_F(StartupTest, RunsAScriptAsRuntime) {
  const auto path =
      folder_.WriteFile("bootstrap", "#!/bin/sh\necho page $OPENFC_PAGE_FD\nexit 5\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  auto options = Options("");
  options.arguments = {"--no-restart", "--bootstrap", path.string()};
  rloader_.emplace("rloader", options);

  ExpectEnd(5);

  EXPECT_EQ(Out(), "page 3\n");
}

TEST_F(StartupTest, FindsThePlatformByNameAsWell) {
  const std::string port = std::to_string(platform_.port());

  Start("poll receive:r-1 exit:3; poll wait", {}, {{"FC_RUNTIME_API", "localhost:" + port}});

  EXPECT_TRUE(AwaitText("fault_post"));
}

TEST_F(StartupTest, CountsARuntimeThatVanishedAsAnEarlyDeath) {
  const auto path = folder_.WriteFile("bootstrap", "#!/bin/sh\nrm \"$0\"\nexit 1\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  auto options = Options("");
  options.arguments = {"--bootstrap", path.string()};
  rloader_.emplace("rloader", options);

  ExpectEnd(70);

  ASSERT_THAT(platform_.posts(), ::testing::SizeIs(1));
  EXPECT_THAT(MessageOf(platform_.posts()[0]), EndsWith("No such file or directory"));
}

TEST_F(StartupTest, PrintsItsOptions) {
  Program help("rloader", WithArguments({"--help"}));

  EXPECT_EQ(help.AwaitEnd(), (ProgramEnd{.exit_code = 0, .signal = 0}));
  for (const char* option : {"--bootstrap PATH", "--no-restart", "--http", "--version"}) {
    EXPECT_THAT(help.output().out(), HasSubstr(option));
  }
}

TEST_F(StartupTest, PrintsItsVersion) {
  Program version("rloader", WithArguments({"--version"}));

  EXPECT_EQ(version.AwaitEnd(), (ProgramEnd{.exit_code = 0, .signal = 0}));
  EXPECT_EQ(version.output().out(), "rloader " OPENFC_VERSION "\n");
}

}  // namespace
}  // namespace openfc::testing
