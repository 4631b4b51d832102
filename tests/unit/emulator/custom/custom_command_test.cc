#include "emulator/custom/custom_command.h"

#include <gmock/gmock.h>

namespace openfc::emulator {
namespace {

using ::testing::ElementsAre;

FunctionDefinition Function(const std::vector<std::string>& command, std::uint16_t port = 9000) {
  return {.code_path = "/home/me/code", .custom = CustomRuntime{.command = command, .port = port}};
}

TEST(CustomCommandTest, IsTheFunctionsOwn) {
  EXPECT_THAT(CommandOf(Function({"gunicorn", "-b", "0.0.0.0:9000", "app:app"})),
              ElementsAre("gunicorn", "-b", "0.0.0.0:9000", "app:app"));
}

TEST(CustomCommandTest, IsTheBootstrapOfTheCodeWhereThereIsNone) {
  EXPECT_THAT(CommandOf(Function({})), ElementsAre("/home/me/code/bootstrap"));
}

TEST(CustomCommandTest, MeansTheFunctionsFolderByThePlatforms) {
  EXPECT_THAT(CommandOf(Function({"/code/run", "/codex", "-d=/code/x", "/code"})),
              ElementsAre("/home/me/code/run", "/codex", "-d=/code/x", "/code"));
}

TEST(CustomCommandTest, IsALineForPeople) {
  EXPECT_EQ(DescribeCommand(Function({"node", "server.js"})), "node server.js");
}

TEST(CustomCommandTest, TellsThePort) {
  Variables environment;

  AddListenPort(Function({}, 8099), environment);

  EXPECT_THAT(environment,
              ElementsAre(std::pair("FC_CUSTOM_LISTEN_PORT", "8099"),
                          std::pair("FC_SERVER_PORT", "8099"), std::pair("PORT", "8099")));
}

TEST(CustomCommandTest, LeavesThePortThatTheFunctionSets) {
  Variables environment = {{"PORT", "1"}, {"FC_SERVER_PORT", "1"}};

  AddListenPort(Function({}, 8099), environment);

  EXPECT_EQ(environment["PORT"], "1");
  EXPECT_EQ(environment["FC_SERVER_PORT"], "8099");
}

}  // namespace
}  // namespace openfc::emulator
