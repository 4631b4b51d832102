#include "sandbox/service/api_keys.h"

#include "tests/fakes/temp_dir.h"
#include "tests/unit/runtime/server/server_fakes.h"

#include <gmock/gmock.h>

#include <fstream>

namespace openfc::sandbox {
namespace {

using ::testing::HasSubstr;

class ApiKeysTest : public ::testing::Test {
 protected:
  Expected<ApiKeys> Read(const std::string& text) const {
    const std::string path = (folder_.path() / "keys").string();
    std::ofstream(path) << text;
    return ApiKeys::ReadFile(path);
  }
  static bool LetsIn(const ApiKeys& keys, const std::string& name, const std::string& value) {
    return keys.LetsIn(MakeRequest({.headers = {{name, value}}}));
  }

  openfc::testing::TempDir folder_;
};

TEST_F(ApiKeysTest, AreTheLinesOfAFile) {
  const auto keys = Read("# of the ward\nfirst\r\n\nsecond\n");

  ASSERT_TRUE(keys);
  EXPECT_TRUE(LetsIn(*keys, "X-API-Key", "first"));
  EXPECT_TRUE(LetsIn(*keys, "X-API-Key", "second"));
  EXPECT_FALSE(LetsIn(*keys, "X-API-Key", "# of the ward"));
  EXPECT_FALSE(LetsIn(*keys, "X-API-Key", ""));
}

TEST_F(ApiKeysTest, ComeAsABearerTokenOrInAHeaderOfTheirOwn) {
  const ApiKeys keys({"key"});

  EXPECT_TRUE(LetsIn(keys, "Authorization", "Bearer key"));
  EXPECT_TRUE(LetsIn(keys, "authorization", "bearer key"));
  EXPECT_FALSE(LetsIn(keys, "Authorization", "Basic key"));
  EXPECT_FALSE(LetsIn(keys, "Authorization", "key"));
  for (const char* wrong : {"ke", "keyy", "kez", "Key", "key "}) {
    EXPECT_EQ(LetsIn(keys, "X-API-Key", wrong), std::string(wrong) == "key ") << wrong;
  }
}

TEST_F(ApiKeysTest, LetEverybodyInWhereThereAreNone) {
  EXPECT_TRUE(ApiKeys().LetsIn(MakeRequest({})));
  EXPECT_FALSE(ApiKeys({"key"}).LetsIn(MakeRequest({})));
}

TEST_F(ApiKeysTest, AreRefusedWhereTheyCouldNotBeMeant) {
  EXPECT_THAT(Read("# none\n\n").error().message, HasSubstr("no key"));
  EXPECT_THAT(Read("two words\n").error().message, HasSubstr("blanks"));
  EXPECT_THAT(ApiKeys::ReadFile("/nowhere/keys").error().message, HasSubstr("/nowhere/keys"));
}

}  // namespace
}  // namespace openfc::sandbox
