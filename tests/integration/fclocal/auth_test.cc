// `fclocal start --auth`: only who has signed is served.

#include "emulator/digest/sha256.h"
#include "runtime/wire/encoding.h"
#include "tests/integration/fclocal/start_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <ctime>

namespace openfc::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AuthTest : public StartTest {
 protected:
  static std::string HttpDateNow() {
    std::array<char, 64> text{};
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    return {text.data(),
            std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
  }
  /// The headers of a request that is signed as FC 2's clients do it.
  static std::string Signed(const std::string& method, const std::string& path,
                            const std::string& secret, const std::string& id = "id") {
    const std::string date = HttpDateNow();
    const std::string text = method + "\n\n\n" + date + "\n" + path;
    return "Date: " + date + "\r\nAuthorization: FC " + id + ":" +
           wire::EncodeBase64(emulator::HmacSha256(secret, text)) + "\r\n";
  }
};

constexpr const char* kEcho = "def handler(event, context): return 'served'\n";
constexpr const char* kInvoke = "/2023-03-30/functions/f/invocations";

TEST_F(AuthTest, ServesWhoHasSigned) {
  Define(kEcho);
  Begin({"--auth", "id:secret"});

  EXPECT_EQ(InvokeF("x", Signed("POST", kInvoke, "secret")).body, "served");
}

TEST_F(AuthTest, RefusesEverybodyElse) {
  Define(kEcho);
  Begin({"--auth", "id:secret"});

  EXPECT_EQ(InvokeF().status, 400);
  EXPECT_EQ(InvokeF().json()["Code"], "MissingRequiredHeader");
  EXPECT_EQ(InvokeF("x", Signed("POST", kInvoke, "wrong")).json()["Code"], "SignatureNotMatch");
  EXPECT_EQ(InvokeF("x", Signed("POST", kInvoke, "secret", "other")).status, 403);
  EXPECT_EQ(InvokeF("x", Signed("POST", "/2023-03-30/functions/g/invocations", "secret")).status,
            403);
  EXPECT_EQ(Ask("GET", "/2023-03-30/functions/f/async-tasks").status, 400);
  EXPECT_THAT(program_->output().err(), Not(HasSubstr("secret")));
}

TEST_F(AuthTest, ServesEverybodyWithoutKeys) {
  Define(kEcho);
  Begin();

  EXPECT_EQ(InvokeF("x", Signed("POST", kInvoke, "whatever")).body, "served");
}

TEST_F(AuthTest, ReadsTheKeysFromAFile) {
  Define(kEcho);
  folder_.WriteFile("keys", "id:secret\n");
  Begin({"--auth-file", "keys"});

  EXPECT_EQ(InvokeF("x", Signed("POST", kInvoke, "secret")).body, "served");
  EXPECT_EQ(InvokeF().status, 400);
}

TEST_F(AuthTest, GuardsTheTriggersThatWantIt) {
  const auto trigger = [](const std::string& auth) {
    return "      triggers: [{triggerName: web, triggerType: http, triggerConfig: {authType: " +
           auth + ", methods: [GET]}}]\n";
  };
  Define(kEcho, trigger("function"));
  Begin({"--auth", "id:secret"});
  EXPECT_EQ(Ask("GET", "/proxy/f/").status, 400);
  EXPECT_EQ(Ask("GET", "/proxy/f/", "", Signed("GET", "/proxy/f/\n", "secret")).status, 200);
  ASSERT_EQ(StopIt().exit_code, 130);

  Define(kEcho, trigger("anonymous"));
  Begin({"--auth", "id:secret"});
  EXPECT_EQ(Ask("GET", "/proxy/f/").body, "served");
}

TEST_F(AuthTest, LeavesTheOtherCommandsTheirWay) {
  Define(kEcho);
  Begin({"--auth", "id:secret"});

  EXPECT_EQ(RunCommand({"ps"}).exit_code, 0);
  EXPECT_EQ(RunCommand({"tasks"}).exit_code, 0);
}

TEST_F(AuthTest, WantsKeysThatAreSome) {
  Define(kEcho);

  EXPECT_EQ(RunCommand({"start", "--auth", "hidden"}).exit_code, 2);
  EXPECT_THAT(RunCommand({"start", "--auth", "hidden"}).err, Not(HasSubstr("hidden")));
  EXPECT_EQ(RunCommand({"start", "--auth-file", "none"}).exit_code, 2);
  EXPECT_EQ(RunCommand({"start", "--auth-file", "none", "--auth", "a:b"}).exit_code, 2);
}

}  // namespace
}  // namespace openfc::testing
