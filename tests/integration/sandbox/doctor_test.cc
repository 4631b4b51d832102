// fcsandbox doctor, as root and as an ordinary user: what it says was found out by trial.

#include "tests/integration/sandbox/as_user.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace openfc::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Case {
  std::string profile;
  RunAs user;
};

class DoctorTest : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (::getuid() != 0) GTEST_SKIP() << "becomes other users: needs root";
  }

  /// Its end, with all that it said.
  ProgramEnd Run(RunAs user, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"doctor", "--state", folder_.StateOf(user)});
    const auto program = StartSandbox(folder_, user, std::move(arguments));
    const auto end = program->AwaitEnd();
    out_ = program->output().out();
    err_ = program->output().err();
    EXPECT_EQ(program->Family().size(), 0U);
    return end.value_or(ProgramEnd{});
  }

  OpenFolder folder_;
  std::string out_;
  std::string err_;
};

TEST_P(DoctorTest, FindsEveryPropertyKept) {
  const auto end = Run(GetParam().user, {"--json", "--isolation=" + GetParam().profile});

  ASSERT_EQ(end.exit_code, 0) << err_;
  const auto document = nlohmann::json::parse(out_);
  EXPECT_EQ(document["profile"], GetParam().profile);
  EXPECT_EQ(document["missing"].dump(), "[]") << out_;
  EXPECT_EQ(document["properties"].size(), 9U);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.StateOf(GetParam().user)));
}

INSTANTIATE_TEST_SUITE_P(Profiles, DoctorTest,
                         ::testing::Values(Case{"full", RunAs::kSelf}, Case{"setuid", RunAs::kSelf},
                                           Case{"unpriv", RunAs::kSelf},
                                           Case{"unpriv", RunAs::kOrdinaryUser}),
                         [](const auto& one) {
                           return one.param.profile +
                                  (one.param.user == RunAs::kSelf ? "AsRoot" : "AsUser");
                         });

class DoctorChoiceTest : public DoctorTest {};
INSTANTIATE_TEST_SUITE_P(Once, DoctorChoiceTest, ::testing::Values(Case{}));

TEST_P(DoctorChoiceTest, TakesTheStrongestProfileThatCanBeHad) {
  ASSERT_EQ(Run(RunAs::kSelf, {}).exit_code, 0) << err_;
  EXPECT_THAT(out_, HasSubstr("profile full\n"));
  ASSERT_EQ(Run(RunAs::kOrdinaryUser, {}).exit_code, 0) << err_;
  EXPECT_THAT(out_, AllOf(HasSubstr("profile unpriv\n"), HasSubstr("not to be had: full:"),
                          HasSubstr("Operation not permitted")));
}

TEST_P(DoctorChoiceTest, RefusesWithOneLineWhatCannotBeHad) {
  EXPECT_EQ(Run(RunAs::kOrdinaryUser, {"--isolation=full"}).exit_code, 78);
  EXPECT_THAT(err_, AllOf(HasSubstr("full: cannot make a PID namespace"),
                          HasSubstr("Operation not permitted"), HasSubstr("remedy:")));
  EXPECT_EQ(std::count(err_.begin(), err_.end(), '\n'), 1);
}

TEST_P(DoctorChoiceTest, SaysWhatGoesThroughWhereNoWallWasAskedFor) {
  EXPECT_EQ(Run(RunAs::kSelf, {"--isolation=none"}).exit_code, 0);
  EXPECT_THAT(out_, AllOf(HasSubstr("BROKEN"), HasSubstr("connect by TCP")));
}

TEST_P(DoctorChoiceTest, RefusesWordsThatItDoesNotKnow) {
  EXPECT_EQ(Run(RunAs::kSelf, {"--isolation=strong"}).exit_code, 64);
  EXPECT_EQ(Run(RunAs::kSelf, {"--allow-missing=P0"}).exit_code, 64);
}

}  // namespace
}  // namespace openfc::testing
