// Code that changes while a real `fclocal start` serves it.

#include "tests/integration/fclocal/start_test.h"
#include "tests/unit/emulator/package/zip_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReloadTest : public StartTest {
 protected:
  // Python takes a file for unchanged that has the same size and was written within a second.
  void WriteCode(const std::string& code) const {
    folder_.WriteFile("code/index.py", "import os\n" + code);
  }
  static std::string Returns(const std::string& text) {
    return "def handler(event, context): return '" + text + "'\n";
  }
  void DefineCode(const std::string& path) const {
    folder_.WriteFile("s.yaml",
                      "edition: 3.0.0\nresources:\n  f:\n    component: fc3\n    props:\n"
                      "      region: cn-hangzhou\n      functionName: f\n"
                      "      runtime: python3.10\n      handler: index.handler\n"
                      "      timeout: 600\n      code: " +
                          path + "\n");
  }
};

TEST_F(ReloadTest, IsServedByTheNextCall) {
  WriteCode(Returns("one"));
  DefineCode("./code");
  Begin();
  const auto before = InvokeF();
  ASSERT_EQ(before.body, "one");

  WriteCode(Returns("another"));

  const auto after = InvokeF();
  EXPECT_EQ(after.body, "another");
  EXPECT_NE(after.Header("x-fc-code-checksum"), before.Header("x-fc-code-checksum"));
  EXPECT_TRUE(program_->output().Await("the code of f has changed: new instances"));
  EXPECT_EQ(InvokeF().body, "another");
}

TEST_F(ReloadTest, LeavesACallInFlightToItsEnd) {
  WriteCode(
      "def handler(event, context):\n"
      "    print('waiting', flush=True)\n"
      "    open('../gate').read()\n"
      "    return 'one'\n");
  DefineCode("./code");
  const std::string gate = MakeGate();
  Begin();
  auto call = CallF();
  ASSERT_TRUE(program_->output().Await("waiting"));

  WriteCode(Returns("another"));

  EXPECT_EQ(InvokeF().body, "another");
  OpenGate(gate);
  EXPECT_EQ(call.Await().body, "one");
}

TEST_F(ReloadTest, IsLeftAloneWhenAskedTo) {
  WriteCode(Returns("one"));
  DefineCode("./code");
  Begin({"--no-reload"});
  ASSERT_EQ(InvokeF().body, "one");

  WriteCode(Returns("another"));

  EXPECT_EQ(InvokeF().body, "one");
}

TEST_F(ReloadTest, TakesWhatFclocalWritesItselfForNoCode) {
  folder_.WriteFile("index.py",
                    "import os\ndef handler(event, context): return str(os.getpid())\n");
  DefineCode(".");
  Begin({"--max-instances", "1"});
  const std::string pid = InvokeF().body;
  ASSERT_EQ(InvokeF("x", "x-fc-invocation-type: Async\r\n").status, 202);

  EXPECT_EQ(InvokeF().body, pid);
}

TEST_F(ReloadTest, UnpacksAPackageAnew) {
  const auto write = [this](const std::string& code) {
    emulator::ZipWriter().File("index.py", code).WriteTo((folder_.path() / "code.zip").string());
  };
  environment_["XDG_CACHE_HOME"] = (folder_.path() / "cache").string();
  write(Returns("one"));
  DefineCode("./code.zip");
  Begin();
  ASSERT_EQ(InvokeF().body, "one");

  write("half of a");
  folder_.WriteFile("code.zip", "no zip at all");
  ASSERT_TRUE(program_->output().Await("has changed, but cannot be used: "));
  EXPECT_EQ(InvokeF().body, "one");
  write(Returns("another"));
  ASSERT_TRUE(program_->output().Await("the code of f has changed: new instances"));

  EXPECT_EQ(InvokeF().body, "another");
}

class PackageTest : public ReloadTest {
 protected:
  PackageTest() { environment_["XDG_CACHE_HOME"] = (folder_.path() / "cache").string(); }
};

TEST_F(PackageTest, IsInvokedOnce) {
  emulator::ZipWriter()
      .File("index.py", Returns("from a zip"))
      .WriteTo((folder_.path() / "code.zip").string());
  DefineCode("./code.zip");

  const Invoked invoked = Run({});

  EXPECT_EQ(invoked.exit_code, 0) << invoked.err;
  EXPECT_EQ(invoked.out, "from a zip");
}

TEST_F(PackageTest, IsRefusedInASentenceWhenItWouldLeaveItsFolder) {
  emulator::ZipWriter().File("../out.py", "x").WriteTo((folder_.path() / "code.zip").string());
  DefineCode("./code.zip");

  for (const Invoked& refused : {Run({}), RunCommand({"start", "--port", "0"})}) {
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("../out.py"));
    EXPECT_THAT(refused.survivors, IsEmpty());
  }
}

TEST_F(PackageTest, HasItsLayers) {
  folder_.WriteFile("code/index.py",
                    "import shared\ndef handler(event, context): return shared.NAME\n");
  folder_.WriteFile("first/python/shared.py", "NAME = 'first'\n");
  emulator::ZipWriter()
      .File("python/shared.py", "NAME = 'second'\n")
      .WriteTo((folder_.path() / "second.zip").string());
  DefineCode("./code\n      layers: [./first, ./second.zip, 'acs:fc:cn:layers/x/versions/1']");

  const Invoked invoked = Run({});
  EXPECT_EQ(invoked.out, "first") << invoked.err;
  EXPECT_THAT(invoked.err, HasSubstr("the layer 'acs:fc:cn:layers/x/versions/1' is not here"));
  Begin();
  EXPECT_EQ(InvokeF().body, "first");
}

}  // namespace
}  // namespace openfc::testing
