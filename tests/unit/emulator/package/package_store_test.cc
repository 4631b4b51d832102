#include "emulator/package/package_store.h"

#include "tests/fakes/temp_dir.h"
#include "tests/unit/emulator/package/zip_writer.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <iterator>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class PackageStoreTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return (folder_.path() / name).string(); }
  std::string Zip(const std::string& name, const std::string& file, const std::string& text) {
    return ZipWriter().File(file, text).WriteTo(Path(name));
  }
  static std::string Text(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  openfc::testing::TempDir folder_;
  const PackageStore store_{Path("cache")};
};

TEST_F(PackageStoreTest, UsesAFolderAsItIs) {
  folder_.WriteFile("code/index.py", "x");

  EXPECT_EQ(*store_.CodeFolder(Path("code")), Path("code"));
  EXPECT_FALSE(fs::exists(Path("cache")));
}

TEST_F(PackageStoreTest, UnpacksAPackageOnceForItsContent) {
  const auto first = store_.CodeFolder(Zip("a.zip", "index.py", "one"));
  const auto moved = store_.CodeFolder(Zip("b.ZIP", "index.py", "one"));
  const auto other = store_.CodeFolder(Zip("a.zip", "index.py", "two"));

  ASSERT_TRUE(first && moved && other);
  EXPECT_EQ(*first, *moved);
  EXPECT_NE(*first, *other);
  EXPECT_EQ(Text(*first + "/index.py"), "one");
  EXPECT_EQ(Text(*other + "/index.py"), "two");
}

TEST_F(PackageStoreTest, UnpacksJarsAndWars) {
  EXPECT_EQ(Text(*store_.CodeFolder(Zip("a.jar", "A.class", "x")) + "/A.class"), "x");
  EXPECT_EQ(Text(*store_.CodeFolder(Zip("a.war", "B.class", "y")) + "/B.class"), "y");
}

TEST_F(PackageStoreTest, KeepsAJarAsAFileWhereItIsStarted) {
  const std::string jar = Zip("app.jar", "A.class", "x");

  const auto folder = store_.CodeFolder(jar, JarUse::kAsFile);

  ASSERT_TRUE(folder);
  EXPECT_EQ(Text(*folder + "/app.jar"), Text(jar));
  EXPECT_EQ(std::distance(fs::directory_iterator(*folder), {}), 1);
  EXPECT_NE(*folder, *store_.CodeFolder(Zip("other.jar", "A.class", "x"), JarUse::kAsFile))
      << "its name counts";
  EXPECT_TRUE(store_.CodeFolder(Zip("a.zip", "x", "x"), JarUse::kAsFile)) << "a zip is no jar";
}

TEST_F(PackageStoreTest, KnowsByTheCommandWhatAJarIsFor) {
  EXPECT_EQ(JarUseOf("java -jar app.jar"), JarUse::kAsFile);
  EXPECT_EQ(JarUseOf("/usr/bin/java -jar /code/app.jar"), JarUse::kAsFile);
  EXPECT_EQ(JarUseOf("java -cp . Main"), JarUse::kUnpack);
  EXPECT_EQ(JarUseOf(""), JarUse::kUnpack);
}

TEST_F(PackageStoreTest, SaysWhatIsNoCode) {
  folder_.WriteFile("index.py", "x");
  folder_.WriteFile("bad.zip", "x");

  EXPECT_THAT(store_.CodeFolder(Path("none")).error().message, HasSubstr("there is no code at"));
  EXPECT_THAT(store_.CodeFolder(Path("index.py")).error().message,
              HasSubstr("a folder is, or a .zip, .jar or .war"));
  EXPECT_THAT(store_.CodeFolder(Path("bad.zip")).error().message,
              HasSubstr("cannot unpack '" + Path("bad.zip") + "'"));
  EXPECT_TRUE(fs::is_empty(Path("cache")));
}

TEST_F(PackageStoreTest, KeepsToItsLimits) {
  const PackageStore small(Path("cache"), {.bytes = 10});

  EXPECT_TRUE(small.CodeFolder(Zip("a.zip", "a", "0123456789")));
  EXPECT_FALSE(small.CodeFolder(Zip("b.zip", "a", "0123456789x")));
}

TEST_F(PackageStoreTest, HasNoLayerFolderWithoutLayers) {
  EXPECT_EQ(*store_.LayerFolder({}), std::nullopt);
}

TEST_F(PackageStoreTest, UsesASingleLayerAsItIs) {
  folder_.WriteFile("layer/python/a.py", "x");
  const std::vector<std::string> folder = {Path("layer")};
  const std::vector<std::string> zip = {Zip("l.zip", "python/b.py", "y")};

  EXPECT_EQ(*store_.LayerFolder(folder), Path("layer"));
  EXPECT_EQ(Text(**store_.LayerFolder(zip) + "/python/b.py"), "y");
}

TEST_F(PackageStoreTest, JoinsLayersOnce) {
  folder_.WriteFile("layer/python/a.py", "folder");
  const std::vector<std::string> layers = {Zip("l.zip", "python/a.py", "zip"), Path("layer")};
  const std::vector<std::string> turned = {layers[1], layers[0]};

  const auto joined = store_.LayerFolder(layers);

  ASSERT_TRUE(joined && *joined);
  EXPECT_EQ(Text(**joined + "/python/a.py"), "zip");
  EXPECT_EQ(**store_.LayerFolder(layers), **joined);
  EXPECT_EQ(Text(**store_.LayerFolder(turned) + "/python/a.py"), "folder");
}

TEST_F(PackageStoreTest, JoinsLayersAnewWhenOneChanges) {
  folder_.WriteFile("1/a", "x");
  folder_.WriteFile("2/b", "y");
  const std::vector<std::string> layers = {Path("1"), Path("2")};
  const auto before = store_.LayerFolder(layers);
  folder_.WriteFile("2/b", "changed");

  const auto after = store_.LayerFolder(layers);

  EXPECT_NE(**before, **after);
  EXPECT_EQ(Text(**after + "/b"), "changed");
}

TEST_F(PackageStoreTest, NamesTheLayerThatCannotBeUsed) {
  const std::vector<std::string> layers = {Path("none")};

  EXPECT_THAT(store_.LayerFolder(layers).error().message,
              AllOf(StartsWith("layer '" + Path("none") + "': "), HasSubstr("there is no code")));
}

}  // namespace
}  // namespace openfc::emulator
