#include "emulator/dependencies/lock_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace openfc::emulator {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

const LockedFor kWanted = {.python = "3.11", .requirements = "0123"};

json Entry(const std::string& name, const std::string& version, json archive) {
  return {{"metadata", {{"name", name}, {"version", version}}},
          {"download_info",
           {{"url", "file:///w/" + name + ".whl"}, {"archive_info", std::move(archive)}}},
          {"is_direct", false}};
}

Lock Make(const std::vector<json>& entries, const std::string& options = "") {
  auto lock = MakeLock(kWanted, options, json({{"install", entries}}).dump());
  if (!lock) throw std::runtime_error(lock.error().message);
  return *std::move(lock);
}

TEST(LockFileTest, NamesWhatWasInstalledByVersionAndHash) {
  const Lock lock = Make({Entry("beta", "1.5", {{"hash", "sha256=bb"}}),
                          Entry("alpha", "1.0", {{"hashes", {{"sha256", "aa"}}}})});

  EXPECT_THAT(lock.packages, ElementsAre("alpha 1.0", "beta 1.5"));
  EXPECT_THAT(lock.text, EndsWith("alpha==1.0 --hash=sha256:aa\nbeta==1.5 --hash=sha256:bb\n"));
  EXPECT_TRUE(IsComplete(lock.text));
}

TEST(LockFileTest, IsForOnePythonAndTheseRequirements) {
  const std::string text = Make({}).text;

  EXPECT_TRUE(IsLockFor(text, kWanted));
  EXPECT_FALSE(IsLockFor(text, {.python = "3.1", .requirements = "0123"}));
  EXPECT_FALSE(IsLockFor(text, {.python = "3.12", .requirements = "0123"}));
  EXPECT_FALSE(IsLockFor(text, {.python = "3.11", .requirements = "012"}));
  EXPECT_FALSE(IsLockFor("", kWanted));
  EXPECT_FALSE(IsLockFor("flask==3.0\n", kWanted));
}

TEST(LockFileTest, KeepsWherePackagesComeFrom) {
  EXPECT_THAT(
      Make({Entry("a", "1", {{"hash", "sha256=aa"}})}, "--index-url https://localhost/\n").text,
      EndsWith("--index-url https://localhost/\na==1 --hash=sha256:aa\n"));
}

TEST(LockFileTest, NamesTheAddressOfWhatWasAskedForByAddress) {
  json entry = Entry("alpha", "1.0", {{"hash", "sha256=aa"}});
  entry["is_direct"] = true;

  EXPECT_THAT(Make({entry}).text, EndsWith("alpha @ file:///w/alpha.whl --hash=sha256:aa\n"));
}

TEST(LockFileTest, CannotBeInstalledFromWhereAHashIsMissing) {
  json folder = Entry("own", "0.1", {});
  folder["download_info"] = {{"url", "file:///own"}, {"dir_info", json::object()}};
  for (const json& entry :
       {folder, Entry("own", "0.1", json::object()), Entry("own", "0.1", {{"hash", "nonsense"}}),
        Entry("own", "0.1", {{"hash", 7}})}) {
    const std::string text = Make({entry, Entry("a", "1", {{"hash", "sha256=aa"}})}).text;

    EXPECT_FALSE(IsComplete(text));
    EXPECT_THAT(text, HasSubstr("\n# own==0.1 from file:///"));
    EXPECT_TRUE(IsLockFor(text, kWanted));
  }
}

TEST(LockFileTest, RefusesAReportThatSaysTooLittle) {
  for (const char* const report :
       {"", "{", "[]", "{}", R"({"install": [{}]})",
        R"({"install": [{"metadata": {"name": "a"}}]})",
        R"({"install": [{"metadata": {"name": "a", "version": 1}, "download_info": {}}]})"}) {
    const auto lock = MakeLock(kWanted, "", report);

    ASSERT_FALSE(lock.has_value()) << report;
    EXPECT_THAT(lock.error().message, HasSubstr("pip's report on what it installed is unusual"));
  }
  EXPECT_THAT(Make({}).packages, Not(::testing::Contains("")));
}

}  // namespace
}  // namespace openfc::emulator
