#include "emulator/platform/function_table.h"

#include "tests/unit/runtime/http/server_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using ::testing::HasSubstr;

class Nobody final : public PoolListener {
  void OnFinished(const FunctionPool&, const Call&, const CallResult&) override {}
  void OnLog(const FunctionPool&, const LiveInstance&, std::string_view) override {}
  void OnLogEnd(const FunctionPool&, const LiveInstance&) override {}
  void OnInstanceGone() override {}
};

class FunctionTableTest : public ::testing::Test {
 protected:
  FunctionTableTest() {
    Add("", "plain");
    Add("s", "f");
    Add("s", "twice");
    Add("t", "twice");
  }

  void Add(const std::string& service, const std::string& name) {
    InstanceModel model;
    model.function.name = name;
    model.function.service_name = service;
    table_.Add(std::make_unique<FunctionPool>(
        std::move(model), PoolOptions{},
        InstanceSurroundings{*loop_, *server_, logs_, ports_, processors_}, nobody_));
  }

  /// `service/name`, or the error's code.
  static std::string Name(const FunctionTable::Found& found) {
    if (const auto* error = std::get_if<PlatformError>(&found)) return error->code;
    const FunctionDefinition& function = std::get<FunctionPool*>(found)->function();
    return function.service_name + "/" + function.name;
  }

  const std::unique_ptr<PlatformLoop> loop_ = *PlatformLoop::Make();
  const std::unique_ptr<http::Server> server_ = http::StartServer(http::Echo);
  RequestLogs logs_;
  PortTable ports_;
  ProcessorPool processors_{{}};
  Nobody nobody_;
  FunctionTable table_;
};

TEST_F(FunctionTableTest, FindsFunctionsAsFc3NamesThem) {
  EXPECT_EQ(Name(table_.Find("plain")), "/plain");
  EXPECT_EQ(Name(table_.Find("f")), "s/f");
  EXPECT_EQ(Name(table_.Find("s$f")), "s/f");
  EXPECT_EQ(Name(table_.Find("t$twice")), "t/twice");
  EXPECT_EQ(Name(table_.Find("nix")), "FunctionNotFound");
  EXPECT_EQ(Name(table_.Find("u$f")), "ServiceNotFound");
  EXPECT_EQ(Name(table_.Find("")), "FunctionNotFound");
}

TEST_F(FunctionTableTest, FindsFunctionsAsFc2NamesThem) {
  EXPECT_EQ(Name(table_.Find("s", "f")), "s/f");
  EXPECT_EQ(Name(table_.Find("s.LATEST", "f")), "s/f");
  EXPECT_EQ(Name(table_.Find("t", "f")), "FunctionNotFound");
  EXPECT_EQ(Name(table_.Find("u", "f")), "ServiceNotFound");
  EXPECT_EQ(Name(table_.Find("s", "plain")), "FunctionNotFound");
}

TEST_F(FunctionTableTest, SaysHowToNameOneOfSeveral) {
  const auto found = table_.Find("twice");

  EXPECT_EQ(Name(found), "InvalidArgument");
  EXPECT_THAT(std::get<PlatformError>(found).message, HasSubstr("service$twice"));
}

TEST(QualifierOfTest, IsWhatStandsBehindTheDot) {
  EXPECT_EQ(QualifierOf("s.prod"), "prod");
  EXPECT_EQ(QualifierOf("s.LATEST"), "LATEST");
  EXPECT_EQ(QualifierOf("s"), "LATEST");
  EXPECT_EQ(QualifierOf("s."), "LATEST");
  EXPECT_EQ(QualifierOf(""), "LATEST");
}

TEST(CheckQualifierTest, TakesNamesAndNothingThatCouldEndAHeader) {
  for (const char* good : {"LATEST", "1", "prod-1_A"}) EXPECT_FALSE(CheckQualifier(good)) << good;
  EXPECT_FALSE(CheckQualifier(std::string(128, 'q')));
  for (const char* bad : {"", "a b", "a\r\nb", "a:b", "\xc3\xa9", "a.b"}) {
    const auto error = CheckQualifier(bad);
    ASSERT_TRUE(error) << bad;
    EXPECT_EQ(error->code, "InvalidArgument");
  }
  EXPECT_TRUE(CheckQualifier(std::string("a\0b", 3)));
  EXPECT_TRUE(CheckQualifier(std::string(129, 'q')));
}

}  // namespace
}  // namespace openfc::emulator
