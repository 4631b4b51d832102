#include "sandbox/api/premierlangage/libraries.h"

#include "tests/fakes/temp_dir.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <variant>

namespace openfc::sandbox {
namespace {

using nlohmann::json;

TEST(LibrariesTest, ReadsInstalledPackages) {
  const auto packages = ReadDpkgStatus(
      "Package: bash\nStatus: install ok installed\nVersion: 5.2-1\nDescription: x\n Version: no\n"
      "\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n"
      "Package: held\nStatus: hold ok installed\nVersion: 1:2.3\n");

  EXPECT_EQ(packages, (std::map<std::string, std::string>{{"bash", "5.2-1"}, {"held", "1:2.3"}}));
}

TEST(LibrariesTest, RendersWhatARunHasFound) {
  EXPECT_EQ(json::parse(RenderLibraries(
                R"({"python": {"pip": "1"}, "perl": {}, "c": {"libc": "6"}, "bin": ["bash"]})",
                {{"bash", "5"}})),
            json::parse(R"({"libraries": {"system": {"bash": "5"}, "python": {"pip": "1"},
                                          "perl": {}, "c": {"libc": "6"}},
                            "bin": ["bash"]})"));
}

TEST(LibrariesTest, RendersNothingOfWhatIsNone) {
  EXPECT_EQ(RenderLibraries("", {}), "");
  EXPECT_EQ(RenderLibraries("[]", {}), "");
  EXPECT_EQ(RenderLibraries("{\"python\": ", {}), "");
}

TEST(LibrariesTest, TheScriptFindsWhatIsHere) {
  const RunRequest run = LibrariesRun({});
  const testing::TempDir folder;
  const std::string script =
      folder.WriteFile("libraries.py", std::get<PythonProgram>(run.program).code).string();
  std::string output;
  std::FILE* python = ::popen(("python3 -I " + script).c_str(), "r");
  ASSERT_NE(python, nullptr);
  for (int c = std::fgetc(python); c != EOF; c = std::fgetc(python)) output += static_cast<char>(c);
  ASSERT_EQ(::pclose(python), 0);

  const json document = json::parse(RenderLibraries(output, {}));

  const auto& programs = document["bin"];
  EXPECT_NE(std::find(programs.begin(), programs.end(), "bash"), programs.end());
  EXPECT_TRUE(std::is_sorted(programs.begin(), programs.end()));
  EXPECT_TRUE(document["libraries"]["c"].contains("libc"));
  EXPECT_TRUE(document["libraries"]["python"].is_object());
  EXPECT_TRUE(document["libraries"]["perl"].is_object());
}

}  // namespace
}  // namespace openfc::sandbox
