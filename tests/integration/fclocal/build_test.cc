// `fclocal build`: packages from a folder of wheels, and functions that import them.

#include "tests/integration/fclocal/fclocal_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace openfc::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kFunction = R"(
import subprocess
import alpha, beta

def handler(event, context):
    program = subprocess.run(["alpha-run"], stdout=subprocess.PIPE, check=True)
    return {"alpha": alpha.VERSION, "beta": beta.VERSION, "program": program.stdout.decode()}
)";

class FclocalBuildTest : public FclocalTest {
 protected:
  FclocalBuildTest() {
    fs::create_directory(folder_.path() / "wheels");
    folder_.WriteFile("index.py", kFunction);
    MakeWheel({"alpha", "1.0", "--needs", "beta", "--program", "alpha-run"});
    MakeWheel({"beta", "1.5"});
    environment_ = {{"PIP_NO_INDEX", "1"},
                    {"PIP_FIND_LINKS", (folder_.path() / "wheels").string()}};
  }

  void MakeWheel(Words words) {
    words.insert(words.begin(), {"-B", OPENFC_SOURCE_DIR "/tests/integration/fclocal/make_wheel.py",
                                 (folder_.path() / "wheels").string()});
    const auto program = StartProgram("/usr/bin/python3", words);
    if (AwaitEnd(*program).exit_code != 0) throw std::runtime_error("there is no wheel");
  }

  Invoked Build(Words words = {}) {
    words.insert(words.begin(), "build");
    return RunCommand(words);
  }

  nlohmann::json InvokeBuilt() {
    const Invoked invoked = Run({});
    if (invoked.exit_code != 0) throw std::runtime_error(invoked.out + invoked.err);
    return invoked.json();
  }

  std::string Read(const std::string& name) const {
    std::ifstream file(folder_.path() / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool Exists(const std::string& name) const { return fs::exists(folder_.path() / name); }
};

TEST_F(FclocalBuildTest, InstallsWhatAFunctionImports) {
  folder_.WriteFile("requirements.txt", "alpha\n");

  const Invoked built = Build();

  ASSERT_EQ(built.exit_code, 0) << built.err;
  EXPECT_EQ(built.out, "");
  EXPECT_THAT(built.err, HasSubstr("/.s/python: alpha 1.0, beta 1.5\n"));
  EXPECT_EQ(InvokeBuilt(),
            (nlohmann::json{{"alpha", "1.0"}, {"beta", "1.5"}, {"program", "1.0\n"}}));
}

TEST_F(FclocalBuildTest, WritesDownWhatItInstalled) {
  folder_.WriteFile("requirements.txt", "alpha\n");
  Build();

  EXPECT_THAT(Read("requirements.lock"),
              AllOf(HasSubstr("\nalpha==1.0 --hash=sha256:"), HasSubstr("\nbeta==1.5 --hash=")));
  EXPECT_EQ(Read(".s/python/requirements.lock"), Read("requirements.lock"));
}

TEST_F(FclocalBuildTest, LeavesAloneWhatIsUpToDate) {
  folder_.WriteFile("requirements.txt", "alpha\n");
  Build();
  fs::remove_all(folder_.path() / "wheels");

  const Invoked again = Build();

  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr("/.s/python is up to date"));
}

TEST_F(FclocalBuildTest, InstallsTheSameAgainWhenThereIsANewerVersion) {
  folder_.WriteFile("requirements.txt", "alpha\n");
  Build();
  MakeWheel({"beta", "2.0"});
  fs::remove_all(folder_.path() / ".s");

  ASSERT_EQ(Build().exit_code, 0);
  EXPECT_EQ(InvokeBuilt()["beta"], "1.5");

  fs::remove(folder_.path() / "requirements.lock");
  ASSERT_EQ(Build().exit_code, 0);
  EXPECT_EQ(InvokeBuilt()["beta"], "2.0");
}

TEST_F(FclocalBuildTest, InstallsWhatTheRequirementsSayNow) {
  folder_.WriteFile("requirements.txt", "alpha\n");
  Build();
  MakeWheel({"beta", "2.0"});

  folder_.WriteFile("requirements.txt", "alpha\nbeta>=2\n");
  ASSERT_EQ(Build().exit_code, 0);

  EXPECT_EQ(InvokeBuilt()["beta"], "2.0");
  EXPECT_THAT(Read("requirements.lock"), Not(HasSubstr("1.5")));
}

TEST_F(FclocalBuildTest, RefusesAPackageThatIsNotTheOneOfTheLock) {
  folder_.WriteFile("requirements.txt", "alpha\n");
  Build();
  fs::remove_all(folder_.path() / ".s");
  MakeWheel({"beta", "1.5", "--program", "another"});

  const Invoked built = Build();

  EXPECT_EQ(built.exit_code, 1);
  EXPECT_THAT(built.err, AllOf(HasSubstr("HASHES"), HasSubstr("requirements.lock (remove it")));
  EXPECT_FALSE(Exists(".s/python"));
}

TEST_F(FclocalBuildTest, LeavesThePackagesAsTheyWereWhenItFails) {
  folder_.WriteFile("requirements.txt", "alpha\n");
  Build();
  const std::string lock = Read("requirements.lock");

  folder_.WriteFile("requirements.txt", "missing\n");
  const Invoked built = Build();

  EXPECT_EQ(built.exit_code, 1);
  EXPECT_THAT(built.err, AllOf(HasSubstr("missing"), HasSubstr("pip has not installed")));
  EXPECT_EQ(InvokeBuilt()["alpha"], "1.0");
  EXPECT_EQ(Read("requirements.lock"), lock);
  for (const auto& entry : fs::directory_iterator(folder_.path() / ".s")) {
    EXPECT_EQ(entry.path().filename(), "python");
  }
}

TEST_F(FclocalBuildTest, HandsOptionsToPip) {
  environment_.clear();
  folder_.WriteFile("requirements.txt", "alpha\n");

  const Invoked built = Build({"--pip-option=--no-index", "--pip-option=--find-links=wheels"});

  EXPECT_EQ(built.exit_code, 0) << built.err;
}

TEST_F(FclocalBuildTest, InstallsAFolderWithoutAHashEachTimeItIsForced) {
  folder_.WriteFile("requirements.txt", "alpha @ file://" + (folder_.path() / "wheels").string() +
                                            "/alpha-1.0-py3-none-any.whl\n");
  ASSERT_EQ(Build().exit_code, 0);
  EXPECT_THAT(Read("requirements.lock"), HasSubstr("alpha @ file://"));

  const Invoked forced = Build({"--force"});

  EXPECT_EQ(forced.exit_code, 0) << forced.err;
  EXPECT_THAT(forced.err, HasSubstr("installed into"));
}

TEST_F(FclocalBuildTest, BuildsTheFunctionsOfAServiceFile) {
  folder_.WriteFile("s.yaml", R"(
resources:
  one: {component: fc3, props: {region: r, functionName: one, runtime: python3.10, handler: a.b, code: one}}
  two: {component: fc3, props: {region: r, functionName: two, runtime: python3.10, handler: a.b, code: two}}
  same: {component: fc3, props: {region: r, functionName: same, runtime: python3.10, handler: a.c, code: two}}
)");
  folder_.WriteFile("one/requirements.txt", "beta\n");
  folder_.WriteFile("two/a.py", "");

  const Invoked one = Build({"one"});
  EXPECT_EQ(one.exit_code, 0);
  EXPECT_THAT(one.err, AllOf(HasSubstr("/one/.s/python: beta 1.5"), Not(HasSubstr("two"))));

  const Invoked all = Build();
  EXPECT_EQ(all.exit_code, 0);
  const std::string nothing = "/two needs nothing: it has no requirements.txt\n";
  EXPECT_THAT(all.err, AllOf(HasSubstr("/one/.s/python is up to date"), HasSubstr(nothing)));
  EXPECT_EQ(all.err.find(nothing), all.err.rfind(nothing));
}

TEST_F(FclocalBuildTest, RemovesWhatIsNotNeededAnyMore) {
  folder_.WriteFile("requirements.txt", "beta\n");
  Build();
  fs::remove(folder_.path() / "requirements.txt");

  const Invoked built = Build();

  EXPECT_EQ(built.exit_code, 0);
  EXPECT_THAT(built.err, HasSubstr(".s/python is removed"));
  EXPECT_FALSE(Exists(".s/python"));
  EXPECT_FALSE(Exists("requirements.lock"));
}

TEST_F(FclocalBuildTest, LeavesAFolderAloneThatOthersMade) {
  folder_.WriteFile("requirements.txt", "beta\n");
  folder_.WriteFile(".s/python/theirs", "");

  const Invoked built = Build();
  EXPECT_EQ(built.exit_code, 1);
  EXPECT_THAT(built.err, HasSubstr("was not made by fclocal build: remove it, or add --force"));
  EXPECT_TRUE(Exists(".s/python/theirs"));

  EXPECT_EQ(Build({"--force"}).exit_code, 0);
  EXPECT_FALSE(Exists(".s/python/theirs"));
}

TEST_F(FclocalBuildTest, InstallsNodesPackagesByNpm) {
  folder_.WriteFile("s.yaml", R"(
resources:
  web:
    component: fc3
    props: {region: r, functionName: web, runtime: custom.debian12, code: ., customRuntimeConfig: {command: [node, a.js]}}
)");
  folder_.WriteFile("package.json", "{}");
  environment_["PATH"] = folder_.path().string() + "/bin:/usr/bin:/bin";
  EXPECT_THAT(Build().err, HasSubstr("has no package-lock.json beside it"));

  folder_.WriteFile("package-lock.json", "{}");
  const auto npm = folder_.WriteFile(
      "bin/npm",
      "#!/bin/sh\nrm -rf node_modules; mkdir -p node_modules/.bin; echo \"$@\" >> ran\n");
  ::chmod(npm.c_str(), 0755);
  EXPECT_THAT(Build().err,
              HasSubstr("installed into " + folder_.path().string() + "/node_modules"));
  EXPECT_THAT(Build().err, HasSubstr("node_modules is up to date"));
  folder_.WriteFile("package-lock.json", "{ }");
  EXPECT_EQ(Build().exit_code, 0);
  EXPECT_EQ(Read("ran"), "ci --no-audit --no-fund\nci --no-audit --no-fund\n");

  folder_.WriteFile("bin/npm", "#!/bin/sh\nexit 9\n");
  EXPECT_EQ(Build({"--force"}).exit_code, 1);
}

TEST_F(FclocalBuildTest, EndsInASentenceForWhatCannotBeMeant) {
  EXPECT_THAT(Build({"name"}).err, HasSubstr("'name' names a function of a s.yaml"));
  EXPECT_EQ(Build({"name"}).exit_code, 2);
  EXPECT_THAT(Build({"--code", "nowhere"}).err, HasSubstr("nowhere is no folder"));
  EXPECT_EQ(Build({"-c", "none.yaml"}).exit_code, 2);
  EXPECT_THAT(Build().err, HasSubstr("needs nothing: it has no requirements.txt"));
}

}  // namespace
}  // namespace openfc::testing
