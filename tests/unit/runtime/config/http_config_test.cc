#include "runtime/config/http_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace openfc {
namespace {

using ::testing::Optional;
using ::testing::StartsWith;

TEST(HttpConfigTest, HasDefaults) {
  const auto config = HttpConfig::From({});

  ASSERT_TRUE(config);
  EXPECT_EQ(config->port, 9000);
  EXPECT_FALSE(config->metrics_port);
  EXPECT_EQ(config->interface, InterfaceChoice::kFoundOut);
  EXPECT_EQ(config->error_status, 404);
  EXPECT_EQ(config->health_path, "/healthz");
  EXPECT_FALSE(config->is_health_path_set);
  EXPECT_EQ(config->max_body_bytes, 32U << 20U);
}

TEST(HttpConfigTest, TakesTheFirstPortThatIsSet) {
  Environment environment = {
      {"FC_CUSTOM_LISTEN_PORT", "1"}, {"FC_SERVER_PORT", "2"}, {"PORT", "3"}};
  for (const auto& [next, port] : std::vector<std::pair<const char*, std::uint16_t>>{
           {"FC_CUSTOM_LISTEN_PORT", 1}, {"FC_SERVER_PORT", 2}, {"PORT", 3}}) {
    EXPECT_EQ(HttpConfig::From(environment).value().port, port);
    environment[next] = "";
  }
  EXPECT_EQ(HttpConfig::From(environment).value().port, 9000);
}

TEST(HttpConfigTest, DoesNotLookAtAPortThatIsOverruled) {
  const auto config = HttpConfig::From({{"FC_CUSTOM_LISTEN_PORT", "1"}, {"PORT", "nonsense"}});

  ASSERT_TRUE(config);
  EXPECT_EQ(config->port, 1);
}

TEST(HttpConfigTest, ReadsEachVariable) {
  const auto config = HttpConfig::From({{"OPENFC_METRICS_PORT", "9100"},
                                        {"OPENFC_INTERFACE", "wsgi"},
                                        {"OPENFC_EVENT_LOOP", "uvloop"},
                                        {"OPENFC_ERROR_STATUS", "500"},
                                        {"OPENFC_HEALTH_PATH", "/live"},
                                        {"OPENFC_MAX_BODY_BYTES", "1024"},
                                        {"FC_INITIALIZER_HANDLER", "i.i"},
                                        {"OPENFC_PRE_STOP_HANDLER", "s.s"},
                                        {"OPENFC_PRE_FREEZE_HANDLER", "f.f"}});

  ASSERT_TRUE(config) << config.error().message;
  EXPECT_THAT(config->metrics_port, Optional(9100));
  EXPECT_EQ(config->interface, InterfaceChoice::kWsgi);
  EXPECT_EQ(config->event_loop, EventLoopChoice::kUvloop);
  EXPECT_EQ(config->error_status, 500);
  EXPECT_EQ(config->health_path, "/live");
  EXPECT_TRUE(config->is_health_path_set);
  EXPECT_EQ(config->max_body_bytes, 1024U);
  EXPECT_EQ(config->initializer, "i.i");
  EXPECT_EQ(config->pre_stop, "s.s");
  EXPECT_EQ(config->pre_freeze, "f.f");
}

TEST(HttpConfigTest, SwitchesTheHealthPathOffWithAnEmptyOne) {
  const auto config = HttpConfig::From({{"OPENFC_HEALTH_PATH", ""}});

  ASSERT_TRUE(config);
  EXPECT_EQ(config->health_path, "");
}

TEST(HttpConfigTest, RefusesNonsenseByTheVariablesName) {
  const std::vector<std::pair<std::string, std::string>> nonsense = {
      {"FC_CUSTOM_LISTEN_PORT", "65536"},
      {"FC_SERVER_PORT", "-1"},
      {"PORT", "80a"},
      {"OPENFC_METRICS_PORT", "x"},
      {"OPENFC_INTERFACE", "EVENT"},
      {"OPENFC_EVENT_LOOP", "trio"},
      {"OPENFC_ERROR_STATUS", "200"},
      {"OPENFC_ERROR_STATUS", "600"},
      {"OPENFC_HEALTH_PATH", "live"},
      {"OPENFC_HEALTH_PATH", "/live?a"},
      {"OPENFC_MAX_BODY_BYTES", "0"},
      {"OPENFC_MAX_BODY_BYTES", "32MB"}};
  for (const auto& [name, value] : nonsense) {
    const auto config = HttpConfig::From({{name, value}});

    ASSERT_FALSE(config) << name << "=" << value;
    EXPECT_EQ(config.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(config.error().message, StartsWith(name + " is '" + value + "', but must be "));
  }
}

}  // namespace
}  // namespace openfc
