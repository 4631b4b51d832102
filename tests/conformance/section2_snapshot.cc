// Section 2, an instance that starts from a snapshot: FC_SNAPSHOT_FLAG=1.

#include "tests/conformance/row.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <utility>

namespace openfc::testing {
namespace {

const Variables kFrozen = {
    {"FC_SNAPSHOT_FLAG", "1"},
    {"FC_INSTANCE_ID", "frozen"},
    {"ALIBABA_CLOUD_ACCESS_KEY_ID", "frozen"},
    {"ALIBABA_CLOUD_ACCESS_KEY_SECRET", "frozen"},
    {"ALIBABA_CLOUD_SECURITY_TOKEN", "frozen"},
    {"accessKeyID", "frozen"},
    {"accessKeySecret", "frozen"},
    {"securityToken", "frozen"},
};

const HeaderPairs kRequest = {{"x-fc-access-key-id", "ak"},
                              {"x-fc-access-key-secret", "as"},
                              {"x-fc-security-token", "st"},
                              {"x-fc-instance-id", "i-1"}};

constexpr std::string_view kFresh =
    "ALIBABA_CLOUD_ACCESS_KEY_ID=ak ALIBABA_CLOUD_ACCESS_KEY_SECRET=as "
    "ALIBABA_CLOUD_SECURITY_TOKEN=st FC_INSTANCE_ID=i-1 accessKeyID=ak accessKeySecret=as "
    "securityToken=st";

/// shown(): the variables that a snapshot is about, of an environment.
const std::string kShown =
    "import os, subprocess\n"
    "NAMES = ('ALIBABA_CLOUD_', 'FC_INSTANCE_ID', 'FC_SNAPSHOT_FLAG', 'access', 'security')\n"
    "def shown(environment):\n"
    "    return ' '.join(sorted('%s=%s' % pair for pair in environment.items()\n"
    "                           if pair[0].startswith(NAMES)))\n"
    "def child():\n"
    "    text = subprocess.run('/usr/bin/env', capture_output=True, text=True).stdout\n"
    "    return dict(line.split('=', 1) for line in text.splitlines())\n"
    "FIRST = shown(os.environ)\n";

Row Wakes(const std::string& rule, const std::string& expression, std::string_view expected,
          const Variables& environment = kFrozen) {
  Row row = Returning(rule, expression, Body(expected), kShown);
  row.calls[0].headers = kRequest;
  row.environment = environment;
  return row;
}

Row WaitsInRoot() {
  return {.rule = "WaitsInRootAndWorksInTheCodePath",
          .files = Index("import os\n\nFIRST = os.getcwd()\n"
                         "def handler(event, context):\n    return FIRST + os.getcwd()\n"),
          .environment = kFrozen,
          .play = [](Instance& instance) {
            ASSERT_TRUE(instance.platform().AwaitPolls(1));
            const auto folder = "/proc/" + std::to_string(instance.program().pid()) + "/cwd";
            EXPECT_EQ(std::filesystem::read_symlink(folder), "/");

            const auto post = instance.Invoke();

            ASSERT_TRUE(post);
            EXPECT_EQ(post->body, instance.Expand("{CODE}{CODE}"));
          }};
}

/// The first invocation alone wakes it: what user code does to the environment then stays.
Row WakesOnce() {
  Row row = Wakes("WakesAtTheFirstInvocationOnly", "shown(os.environ)", kFresh);
  row.calls.push_back({.headers = {{"x-fc-access-key-id", "other"}}, .expected = Body(kFresh)});
  return row;
}

Row WakesForAnInitializer() {
  Row row = Wakes("WakesForAnInitializer", "", kFresh);
  row.files = Index(kShown + "def hook(context):\n    return shown(os.environ)\n");
  row.calls[0].headers.emplace_back("x-fc-function-type", "1");
  row.calls[0].headers.emplace_back("x-fc-function-handler", "index.hook");
  return row;
}

/// A code folder that comes late is found by the next invocation.
Row TriesAgain() {
  return {.rule = "TriesAgainWhenTheCodePathCannotBeEntered",
          .environment = {{"FC_SNAPSHOT_FLAG", "1"}, {"FC_FUNC_CODE_PATH", "{CODE}/late"}},
          .play = [](Instance& instance) {
            const auto first = instance.Invoke();
            ASSERT_TRUE(first);
            ErrorMatching("FileNotFoundError", ".*No such file or directory.*/late'")(*first,
                                                                                      instance);
            std::filesystem::create_directory(instance.code() / "late");
            instance.WriteFile("late/index.py",
                               "import os\ndef handler(event, context):\n    return os.getcwd()\n");

            const auto second = instance.Invoke();

            ASSERT_TRUE(second);
            EXPECT_EQ(second->body, instance.Expand("{CODE}/late"));
          }};
}

Variables WithFlag(const std::string& flag) {
  Variables variables = kFrozen;
  variables["FC_SNAPSHOT_FLAG"] = flag;
  return variables;
}

const std::vector<Row> kRows = {
    WaitsInRoot(),
    Wakes("TakesTheRequestsKeysAndInstance", "shown(os.environ)", kFresh),
    Wakes("TakesThemBeforeUserCode", "FIRST", kFresh),
    Wakes("ShowsThemToChildren", "shown(child())", kFresh),
    Wakes("ShowsThemToShells", "os.popen('echo $securityToken:$FC_SNAPSHOT_FLAG').read()", "st:\n"),
    Wakes("LeavesOutTheKeysThatDoNotExist", "shown(os.environ)",
          "FC_INSTANCE_ID=i-1 accessKeyID=ak",
          {{"FC_SNAPSHOT_FLAG", "1"}, {"accessKeyID", "frozen"}}),
    Wakes("LeavesAllAloneWithoutTheFlag",
          "os.environ['accessKeyID'] + os.environ['FC_INSTANCE_ID']", "frozenfrozen", WithFlag("")),
    Wakes("LeavesAllAloneWithAnotherFlag",
          "os.environ['accessKeyID'] + os.environ['FC_SNAPSHOT_FLAG']", "frozen0", WithFlag("0")),
    WakesOnce(),
    WakesForAnInitializer(),
    TriesAgain(),
};

OPENFC_CONFORMANCE_ROWS(Section2Snapshot, kRows);

}  // namespace
}  // namespace openfc::testing
