#include "emulator/signature/signature.h"

#include "tests/unit/emulator/signature/sdk_requests.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace openfc::emulator {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""y;
using std::chrono::system_clock;

const KeyPair kKeys{.id = "test-id", .secret = "test-secret"};
const system_clock::time_point kNow = std::chrono::sys_days(2026y / 11 / 29) + 3h + 4min + 5s;

SignedRequest RequestOf(const SdkRequest& sent) {
  SignedRequest request{.method = sent.method, .target = sent.target, .body = sent.body};
  for (const auto& [name, value] : sent.headers) request.headers.push_back({name, value});
  return request;
}

std::string CodeOf(const std::optional<SignatureRefusal>& refusal) {
  return refusal ? std::to_string(refusal->status) + " " + refusal->code : "none";
}

SignedHeader& HeaderOf(SignedRequest& request, std::string_view lower_name) {
  return *std::find_if(request.headers.begin(), request.headers.end(), [&](const auto& header) {
    return header.name.size() == lower_name.size() &&
           std::equal(lower_name.begin(), lower_name.end(), header.name.begin(),
                      [](char lower, char any) { return lower == (any | ' '); });
  });
}

bool IsFc3(const SignedRequest& request) { return request.target.starts_with("/2023-03-30/"); }

class SdkRequestTest : public testing::TestWithParam<SdkRequest> {
 protected:
  SignedRequest request_ = RequestOf(GetParam());
};

TEST_P(SdkRequestTest, IsLetIn) {
  const auto refusal = CheckSignature(kKeys, request_, kNow);

  EXPECT_FALSE(refusal) << refusal->message;
}

TEST_P(SdkRequestTest, IsLetInWithinFifteenMinutes) {
  EXPECT_EQ(CodeOf(CheckSignature(kKeys, request_, kNow + 15min)), "none");
  EXPECT_EQ(CodeOf(CheckSignature(kKeys, request_, kNow + 15min + 1s)), "403 AccessDenied");
  EXPECT_EQ(CodeOf(CheckSignature(kKeys, request_, kNow - 15min)), "none");
  EXPECT_EQ(CodeOf(CheckSignature(kKeys, request_, kNow - 15min - 1s)), "403 AccessDenied");
}

TEST_P(SdkRequestTest, IsRefusedWithAnotherSecret) {
  const auto refusal = CheckSignature({.id = "test-id", .secret = "other"}, request_, kNow);

  EXPECT_EQ(CodeOf(refusal), "403 SignatureNotMatch");
  EXPECT_THAT(refusal->message, testing::Not(testing::HasSubstr("other")));
}

TEST_P(SdkRequestTest, IsRefusedWithAnotherId) {
  EXPECT_EQ(CodeOf(CheckSignature({.id = "other", .secret = "test-secret"}, request_, kNow)),
            "403 InvalidAccessKeyID");
}

TEST_P(SdkRequestTest, IsRefusedWithAnotherMethodOrPath) {
  SignedRequest changed = request_;
  changed.method = "DELETE";
  EXPECT_EQ(CodeOf(CheckSignature(kKeys, changed, kNow)), "403 SignatureNotMatch");

  changed = request_;
  const std::string path =
      std::string(request_.target.substr(0, 3)) + "x" + std::string(request_.target.substr(3));
  changed.target = path;
  EXPECT_EQ(CodeOf(CheckSignature(kKeys, changed, kNow)), "403 SignatureNotMatch");
}

TEST_P(SdkRequestTest, IsRefusedWithoutItsDate) {
  HeaderOf(request_, IsFc3(request_) ? "x-acs-date" : "date").name = "x-other";

  EXPECT_EQ(CodeOf(CheckSignature(kKeys, request_, kNow)), "400 MissingRequiredHeader");
}

TEST_P(SdkRequestTest, IsRefusedWithADateThatIsNone) {
  HeaderOf(request_, IsFc3(request_) ? "x-acs-date" : "date").value = "yesterday";

  EXPECT_EQ(CodeOf(CheckSignature(kKeys, request_, kNow)), "403 AccessDenied");
}

TEST_P(SdkRequestTest, IsRefusedWithAnotherDate) {
  HeaderOf(request_, IsFc3(request_) ? "x-acs-date" : "date").value =
      IsFc3(request_) ? "2026-11-29T03:04:06Z" : "Sun, 29 Nov 2026 03:04:06 GMT";

  EXPECT_EQ(CodeOf(CheckSignature(kKeys, request_, kNow)), "403 SignatureNotMatch");
}

TEST_P(SdkRequestTest, IsRefusedWithASignatureThatIsCutShort) {
  auto& authorization = HeaderOf(request_, "authorization").value;
  authorization.remove_suffix(1);

  EXPECT_EQ(CodeOf(CheckSignature(kKeys, request_, kNow)), "403 SignatureNotMatch");
}

INSTANTIATE_TEST_SUITE_P(Of, SdkRequestTest, testing::ValuesIn(kSdkRequests),
                         [](const auto& sent) { return std::string(sent.param.name); });

TEST(SignatureTest, WantsAnAuthorization) {
  EXPECT_EQ(CodeOf(CheckSignature(kKeys, {.method = "GET", .target = "/"}, kNow)),
            "400 MissingRequiredHeader");
  EXPECT_EQ(
      CodeOf(CheckSignature(
          kKeys, {.method = "GET", .target = "/", .headers = {{"Authorization", " "}}}, kNow)),
      "400 MissingRequiredHeader");
}

TEST(SignatureTest, NamesAWayOfSigningThatItDoesNotKnow) {
  for (const auto* scheme :
       {"Bearer x", "ACS3-HMAC-SM3 Credential=a", "acs a:b", "fc a:b", "FCa:b"}) {
    const auto refusal = CheckSignature(
        kKeys, {.method = "GET", .target = "/", .headers = {{"authorization", scheme}}}, kNow);

    EXPECT_EQ(CodeOf(refusal), "403 AccessDenied") << scheme;
    EXPECT_THAT(refusal->message, testing::HasSubstr("no way of signing"));
  }
}

}  // namespace
}  // namespace openfc::emulator
