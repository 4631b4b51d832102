#include "emulator/templates/function_template.h"

#include "emulator/service_file/service_file.h"
#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>

namespace openfc::emulator {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<TemplateFile> Fill(std::string_view name, const std::string& function = "shop-api") {
  auto files = FillTemplate(name, function);
  if (!files) throw std::runtime_error(files.error().message);
  return *std::move(files);
}

std::string Refusal(std::string_view name, const std::string& function) {
  const auto files = FillTemplate(name, function);
  return files ? "" : files.error().message;
}

TEST(FunctionTemplateTest, HasCodeAServiceFileTestsAndAReadme) {
  for (const FunctionTemplate& known : FunctionTemplates()) {
    std::set<std::string> paths;
    for (const TemplateFile& file : Fill(known.name)) paths.insert(file.path);
    const bool is_web = known.name == "flask" || known.name == "fastapi";
    const std::string module = is_web ? "app.py" : "index.py";

    EXPECT_THAT(paths,
                IsSupersetOf({std::string("s.yaml"), std::string("README.md"),
                              std::string(".gitignore"), "code/" + module, "tests/test_" + module}))
        << known.name;
    EXPECT_EQ(paths.contains("code/requirements.txt"), is_web) << known.name;
  }
}

TEST(FunctionTemplateTest, HasTheNameWhereverItStands) {
  for (const FunctionTemplate& known : FunctionTemplates()) {
    for (const TemplateFile& file : Fill(known.name)) {
      EXPECT_THAT(file.text, Not(HasSubstr("@NAME@"))) << file.path;
      EXPECT_THAT(file.text, Not(IsEmpty())) << file.path;
      if (file.path != "README.md") continue;
      EXPECT_THAT(file.text, StartsWith("# shop-api\n"));
    }
  }
}

TEST(FunctionTemplateTest, HasAServiceFileThatIsRead) {
  for (const FunctionTemplate& known : FunctionTemplates()) {
    const openfc::testing::TempDir folder;
    for (const TemplateFile& file : Fill(known.name)) folder.WriteFile(file.path, file.text);

    const auto function = ReadServiceFile({.path = (folder.path() / "s.yaml").string()}, {});

    ASSERT_TRUE(function.has_value()) << function.error().message;
    const FunctionDefinition& definition = function->definition;
    EXPECT_EQ(definition.name, "shop-api");
    EXPECT_TRUE(CheckDefinition(definition, PlatformLimits::kEnforced).has_value());
    EXPECT_THAT(function->without_effect, IsEmpty()) << known.name;
    EXPECT_EQ(definition.http_trigger.has_value(), known.name != "event");
    EXPECT_EQ(definition.custom.has_value(), definition.runtime == "custom.debian12");
  }
}

TEST(FunctionTemplateTest, TakesTheNamesThatThePlatformTakes) {
  for (const std::string& name :
       {std::string("a"), std::string("_x"), std::string("Aa-9_"), std::string(64, 'a')}) {
    EXPECT_EQ(Refusal("event", name), "");
  }
  for (const std::string& name :
       {std::string(), std::string("9a"), std::string("-a"), std::string("a b"), std::string("a/b"),
        std::string("\xc3\xa4"), std::string("a\nb"), std::string(65, 'a')}) {
    EXPECT_THAT(Refusal("event", name), HasSubstr("is no name for a function")) << name;
  }
}

TEST(FunctionTemplateTest, NamesTheTemplatesThatThereAre) {
  EXPECT_EQ(Refusal("django", "a"),
            "there is no template 'django': there are event, http, flask, fastapi");
  EXPECT_THAT(Refusal("", "a"), HasSubstr("there is no template"));
  EXPECT_THAT(Refusal("event/code", "a"), HasSubstr("there is no template"));
}

}  // namespace
}  // namespace openfc::emulator
