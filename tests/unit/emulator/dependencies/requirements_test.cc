#include "emulator/dependencies/requirements.h"

#include "tests/fakes/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

namespace openfc::emulator {
namespace {

using ::testing::HasSubstr;

class RequirementsTest : public ::testing::Test {
 protected:
  Requirements Read() {
    const auto read = ReadRequirements((folder_.path() / "requirements.txt").string());
    if (!read) throw std::runtime_error(read.error().message);
    return *read;
  }
  std::string DigestOf(const std::string& text) {
    folder_.WriteFile("requirements.txt", text);
    return Read().digest;
  }

  openfc::testing::TempDir folder_;
};

TEST_F(RequirementsTest, AreTheSameAsLongAsTheTextIs) {
  EXPECT_EQ(DigestOf("flask\n"), DigestOf("flask\n"));
  EXPECT_NE(DigestOf("flask\n"), DigestOf("flask==3.0\n"));
}

TEST_F(RequirementsTest, ChangeWithEveryFileThatTheyInclude) {
  for (const char* const line : {"-r sub/more.txt", "-rsub/more.txt", "--requirement sub/more.txt",
                                 "--requirement=sub/more.txt", "-c sub/more.txt",
                                 "--constraint=sub/more.txt\r", "-r  sub/more.txt  # why"}) {
    folder_.WriteFile("sub/more.txt", "-r last.txt\n");
    folder_.WriteFile("sub/last.txt", "one\n");
    const std::string before = DigestOf(line);

    folder_.WriteFile("sub/last.txt", "two\n");

    EXPECT_NE(DigestOf(line), before) << line;
  }
}

TEST_F(RequirementsTest, TellBytesOfOneFileFromThoseOfTheNext) {
  folder_.WriteFile("more.txt", "b");
  const std::string before = DigestOf("-r more.txt\n");
  folder_.WriteFile("more.txt", "");

  EXPECT_NE(DigestOf("-r more.txt\nb"), before);
}

TEST_F(RequirementsTest, MayIncludeEachOtherInACircle) {
  folder_.WriteFile("more.txt", "-r requirements.txt\nflask\n");

  EXPECT_NE(DigestOf("-r more.txt\n"), "");
}

TEST_F(RequirementsTest, NeedTheFilesThatTheyInclude) {
  folder_.WriteFile("requirements.txt", "-r missing.txt\n");

  const auto read = ReadRequirements((folder_.path() / "requirements.txt").string());

  ASSERT_FALSE(read.has_value());
  EXPECT_THAT(read.error().message, HasSubstr("missing.txt cannot be read: No such file"));
}

TEST_F(RequirementsTest, LeaveWhatIsElsewhereToPip) {
  EXPECT_NE(DigestOf("-r https://localhost/requirements.txt\n"), "");
}

TEST_F(RequirementsTest, SayWherePackagesComeFrom) {
  folder_.WriteFile("more.txt", "--extra-index-url https://localhost/b\nrequests\n");
  folder_.WriteFile("requirements.txt",
                    "# -i https://localhost/comment\n--index-url https://localhost/a\n-r more.txt\n"
                    "flask --hash=sha256:00\n-e ./own\n--editable ./own\n--require-hashes\n"
                    "-f wheels\n");

  EXPECT_EQ(Read().options,
            "--index-url https://localhost/a\n--extra-index-url https://localhost/b\n-f wheels\n");
}

TEST_F(RequirementsTest, KnowAnOptionFromOneThatBeginsAlike) {
  folder_.WriteFile("requirements.txt", "--requirements-are-fun\n-r\n");

  EXPECT_THAT(Read().options, HasSubstr("--requirements-are-fun"));
}

}  // namespace
}  // namespace openfc::emulator
