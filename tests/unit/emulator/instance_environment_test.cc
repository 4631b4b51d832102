#include "emulator/instance_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

using ::testing::Contains;
using ::testing::Key;
using ::testing::Not;

class InstanceEnvironmentTest : public ::testing::Test {
 protected:
  Variables Make() { return MakeInstanceEnvironment(function_, setting_, own_); }

  FunctionDefinition function_{.name = "resize",
                               .code_path = "/srv/code",
                               .handler = "app.main",
                               .runtime = "python3.10",
                               .timeout = std::chrono::seconds(7),
                               .memory_mb = 256,
                               .region = "cn-beijing",
                               .service_name = "shop"};
  InstanceSetting setting_{
      .api_address = "127.0.0.1:9001", .api_socket = "@0001f", .instance_id = "i-1"};
  Variables own_;
};

TEST_F(InstanceEnvironmentTest, HoldsWhatThePlatformTells) {
  const Variables expected = {{"ALIBABA_CLOUD_ACCESS_KEY_ID", "local-access-key-id"},
                              {"ALIBABA_CLOUD_ACCESS_KEY_SECRET", "local-access-key-secret"},
                              {"ALIBABA_CLOUD_SECURITY_TOKEN", "local-security-token"},
                              {"FC_ACCOUNT_ID", "123456789012"},
                              {"FC_FUNCTION_HANDLER", "app.main"},
                              {"FC_FUNCTION_MEMORY_SIZE", "256"},
                              {"FC_FUNCTION_NAME", "resize"},
                              {"FC_FUNC_CODE_PATH", "/srv/code"},
                              {"FC_INSTANCE_ID", "i-1"},
                              {"FC_QUALIFIER", "LATEST"},
                              {"FC_REGION", "cn-beijing"},
                              {"FC_RUNTIME", "python3.10"},
                              {"FC_RUNTIME_API", "127.0.0.1:9001"},
                              {"OPENFC_RUNTIME_SOCKET", "@0001f"},
                              {"FC_SERVICE_NAME", "shop"},
                              {"FC_TIMEOUT", "7"},
                              {"TZ", "UTC"},
                              {"accessKeyID", "local-access-key-id"},
                              {"accessKeySecret", "local-access-key-secret"},
                              {"securityToken", "local-security-token"}};

  EXPECT_EQ(Make(), expected);
}

TEST_F(InstanceEnvironmentTest, MeansTheCodesFolderByTheOneOfThePlatform) {
  own_["PATH"] = "/code/of/mine";
  function_.environment = {{"PYTHONPATH", "/code/python"}};

  const Variables environment = Make();

  EXPECT_EQ(environment.at("PYTHONPATH"), "/srv/code/python");
  EXPECT_EQ(environment.at("PATH"), "/code/of/mine");
}

TEST_F(InstanceEnvironmentTest, LeavesOutWhatIsNotSaid) {
  function_.runtime.clear();
  function_.service_name.clear();

  EXPECT_THAT(Make(), Not(Contains(Key("FC_RUNTIME"))));
  EXPECT_THAT(Make(), Not(Contains(Key("FC_SERVICE_NAME"))));
}

TEST_F(InstanceEnvironmentTest, TakesOverOnlyWhatALocalProgramNeeds) {
  own_ = {{"PATH", "/bin"}, {"OPENFC_CONTEXT", "fc2"}, {"SECRET", "x"}, {"FC_REGION", "mine"}};

  const Variables environment = Make();

  EXPECT_EQ(environment.at("PATH"), "/bin");
  EXPECT_EQ(environment.at("OPENFC_CONTEXT"), "fc2");
  EXPECT_EQ(environment.at("FC_REGION"), "cn-beijing");
  EXPECT_THAT(environment, Not(Contains(Key("SECRET"))));
}

TEST_F(InstanceEnvironmentTest, LetsTheFunctionsVariablesWin) {
  own_ = {{"PATH", "/bin"}};
  function_.environment = {{"PATH", "/mine"}, {"TZ", "Asia/Shanghai"}, {"MODE", "test"}};

  const Variables environment = Make();

  EXPECT_EQ(environment.at("PATH"), "/mine");
  EXPECT_EQ(environment.at("TZ"), "Asia/Shanghai");
  EXPECT_EQ(environment.at("MODE"), "test");
}

TEST(IdentityTest, IsADummyWithoutKeys) {
  const Identity identity = Identity::From({{"ALIBABA_CLOUD_ACCESS_KEY_ID", ""}});

  EXPECT_EQ(identity.credentials.access_key_id, "local-access-key-id");
  EXPECT_EQ(identity.account_id, "123456789012");
}

TEST(IdentityTest, NeverPairsARealKeyWithADummy) {
  const Identity identity = Identity::From({{"ALIBABA_CLOUD_ACCESS_KEY_ID", "real"},
                                            {"ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret"},
                                            {"FC_ACCOUNT_ID", "42"}});

  EXPECT_EQ(identity.credentials.access_key_id, "real");
  EXPECT_EQ(identity.credentials.access_key_secret, "secret");
  EXPECT_EQ(identity.credentials.security_token, "");
  EXPECT_EQ(identity.account_id, "42");
}

}  // namespace
}  // namespace openfc::emulator
