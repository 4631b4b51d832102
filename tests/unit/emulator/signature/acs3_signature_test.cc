#include "emulator/signature/acs3_signature.h"

#include "emulator/digest/sha256.h"

#include <gmock/gmock.h>

namespace openfc::emulator {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""y;

const KeyPair kKeys{.id = "id", .secret = "secret"};
const std::chrono::system_clock::time_point kNow = std::chrono::sys_days(2026y / 11 / 29) + 3h;

class Acs3SignatureTest : public testing::Test {
 protected:
  std::string CodeWith(const std::string& authorization) {
    const auto refusal = CheckAcs3Signature(kKeys, request_, authorization, kNow);
    return refusal ? refusal->code + ": " + refusal->message : "none";
  }

  /// As somebody would sign it who knows the secret.
  std::string Signed(const std::string& names, const std::string& body_digest) {
    const std::string text =
        "ACS3-HMAC-SHA256\n" + Sha256Hex(Acs3CanonicalRequest(request_, names, body_digest));
    return "Credential=id,SignedHeaders=" + names +
           ",Signature=" + EncodeHex(HmacSha256("secret", text));
  }

  const std::string digest_ = Sha256Hex("body");
  SignedRequest request_{.method = "POST",
                         .target = "/a/b*c?z=1&y=a+b&x",
                         .headers = {{"X-Acs-Date", "2026-11-29T03:00:00Z"},
                                     {"x-acs-content-sha256", digest_},
                                     {"Host", "h"},
                                     {"x-acs-more", " b "},
                                     {"X-Acs-More", "a"}},
                         .body = "body"};
};

TEST_F(Acs3SignatureTest, SignsWhatTheDocumentSays) {
  EXPECT_EQ(Acs3CanonicalRequest(request_, "host;x-acs-date;x-acs-more;x-none", "DIGEST"),
            "POST\n/a/b%2Ac\nx=&y=a%20b&z=1\nhost:h\nx-acs-date:2026-11-29T03:00:00Z\n"
            "x-acs-more:a,b\nx-none:\n\nhost;x-acs-date;x-acs-more;x-none\nDIGEST");
}

TEST_F(Acs3SignatureTest, LetsInWhatIsSignedWell) {
  EXPECT_EQ(CodeWith(Signed("host;x-acs-content-sha256;x-acs-date", digest_)), "none");
  EXPECT_EQ(CodeWith(Signed("x-acs-content-sha256;x-acs-date;x-acs-more", digest_)), "none");
}

TEST_F(Acs3SignatureTest, WantsDateAndBodyAmongTheSignedHeaders) {
  EXPECT_EQ(CodeWith(Signed("host;x-acs-content-sha256", digest_)),
            "AccessDenied: the header 'x-acs-date' is not among the signed ones");
  EXPECT_EQ(CodeWith(Signed("host;x-acs-date", digest_)),
            "AccessDenied: the header 'x-acs-content-sha256' is not among the signed ones");
}

TEST_F(Acs3SignatureTest, RefusesABodyThatWasChanged) {
  const std::string authorization = Signed("x-acs-content-sha256;x-acs-date", digest_);
  request_.body = "bodies";

  EXPECT_EQ(CodeWith(authorization),
            "SignatureNotMatch: 'x-acs-content-sha256' is not the digest of the body that came");
}

TEST_F(Acs3SignatureTest, WantsTheDigestOfTheBody) {
  request_.headers[1].name = "x-other";

  EXPECT_EQ(CodeWith(Signed("x-acs-content-sha256;x-acs-date", digest_)),
            "MissingRequiredHeader: the request has no header 'x-acs-content-sha256'");
}

TEST_F(Acs3SignatureTest, RefusesAHeaderThatWasChanged) {
  const std::string authorization = Signed("host;x-acs-content-sha256;x-acs-date", digest_);
  request_.headers[2].value = "other";

  EXPECT_THAT(CodeWith(authorization), testing::StartsWith("SignatureNotMatch"));
}

class NoAuthorizationTest : public Acs3SignatureTest,
                            public testing::WithParamInterface<const char*> {};

TEST_P(NoAuthorizationTest, IsRefusedWithTheFormThatIsWanted) {
  EXPECT_THAT(CodeWith(GetParam()), testing::HasSubstr("is not of the form"));
}

INSTANTIATE_TEST_SUITE_P(Some, NoAuthorizationTest,
                         testing::Values("", ",", "=", "Credential", "Credential=id",
                                         "Credential=id,SignedHeaders=,Signature=x",
                                         "SignedHeaders=a,Signature=x",
                                         "Credential=id,SignedHeaders=a;b",
                                         "credential=id,signedheaders=a,signature=x"));

}  // namespace
}  // namespace openfc::emulator
