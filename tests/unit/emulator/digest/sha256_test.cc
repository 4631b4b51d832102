#include "emulator/digest/sha256.h"

#include <gtest/gtest.h>

namespace openfc::emulator {
namespace {

// The examples of FIPS 180-2 and of RFC 4231.

TEST(Sha256Test, GivesTheDigestsOfTheStandard) {
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256Test, TakesBytesInPieces) {
  Sha256 digest;
  digest.Add("a");
  digest.Add("");
  digest.Add("bc");

  EXPECT_EQ(digest.HexDigest(), Sha256Hex("abc"));
}

TEST(HmacSha256Test, GivesTheDigestsOfTheStandard) {
  EXPECT_EQ(EncodeHex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(EncodeHex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(EncodeHex(HmacSha256(std::string(131, '\xaa'),
                                 "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256Test, TakesAnEmptyKey) {
  EXPECT_EQ(EncodeHex(HmacSha256("", "")),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(EncodeHexTest, WritesAllBytes) {
  EXPECT_EQ(EncodeHex(std::string("\0\x7f\xff", 3)), "007fff");
}

TEST(IsSameSecretTest, ComparesAllOfThem) {
  EXPECT_TRUE(IsSameSecret("", ""));
  EXPECT_TRUE(IsSameSecret("secret", "secret"));
  EXPECT_FALSE(IsSameSecret("secret", "secreu"));
  EXPECT_FALSE(IsSameSecret("secret", "secre"));
  EXPECT_FALSE(IsSameSecret("secret", ""));
}

}  // namespace
}  // namespace openfc::emulator
