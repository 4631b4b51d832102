#include "emulator/signature/acs3_signature.h"

#include "emulator/digest/sha256.h"
#include "emulator/signature/refusals.h"
#include "emulator/signature/request_text.h"
#include "emulator/signature/signing_date.h"

#include <algorithm>
#include <vector>

namespace openfc::emulator {
namespace {

constexpr std::string_view kDate = "x-acs-date";
constexpr std::string_view kBodyDigest = "x-acs-content-sha256";

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(Trim(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// The three parts of the Authorization header; empty where one is missing.
struct Authorization {
  std::string_view id;
  std::string_view signed_headers;
  std::string_view signature;
};

Authorization ParseAuthorization(std::string_view text) {
  Authorization parts;
  for (const std::string_view part : Split(text, ',')) {
    const auto equals = std::min(part.find('='), part.size());
    const auto name = part.substr(0, equals);
    const auto value = part.substr(std::min(equals + 1, part.size()));
    if (name == "Credential") parts.id = value;
    if (name == "SignedHeaders") parts.signed_headers = value;
    if (name == "Signature") parts.signature = value;
  }
  return parts;
}

std::string CanonicalQuery(std::string_view target) {
  auto parameters = QueryOf(target);
  std::stable_sort(parameters.begin(), parameters.end(),
                   [](const QueryParameter& left, const QueryParameter& right) {
                     return left.name < right.name;
                   });
  std::string text;
  for (const QueryParameter& parameter : parameters) {
    if (!text.empty()) text.push_back('&');
    text.append(EncodePercent(parameter.name)).append("=").append(EncodePercent(parameter.value));
  }
  return text;
}

/// All values of one header, sorted, with commas between.
std::string JoinedValues(const SignedRequest& request, std::string_view name) {
  std::vector<std::string_view> values;
  for (const SignedHeader& header : request.headers) {
    if (LowerCase(header.name) == name) values.push_back(Trim(header.value));
  }
  std::sort(values.begin(), values.end());
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text.push_back(',');
    text.append(values[i]);
  }
  return text;
}

/// What stands against the headers themselves, before anything is computed.
std::optional<SignatureRefusal> CheckHeaders(const SignedRequest& request,
                                             std::string_view signed_headers) {
  const auto names = Split(signed_headers, ';');
  for (const std::string_view name : {kDate, kBodyDigest}) {
    if (!FindHeader(request, name)) return MissingHeader(std::string(name));
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return Denied("the header '" + std::string(name) + "' is not among the signed ones");
    }
  }
  return std::nullopt;
}

}  // namespace

std::string Acs3CanonicalRequest(const SignedRequest& request, std::string_view signed_headers,
                                 std::string_view body_digest) {
  std::string text(request.method);
  text.append("\n").append(NormalizePath(PathOf(request.target)));
  text.append("\n").append(CanonicalQuery(request.target)).append("\n");
  for (const std::string_view name : Split(signed_headers, ';')) {
    text.append(name).append(":").append(JoinedValues(request, name)).append("\n");
  }
  return text.append("\n").append(signed_headers).append("\n").append(body_digest);
}

std::optional<SignatureRefusal> CheckAcs3Signature(const KeyPair& keys,
                                                   const SignedRequest& request,
                                                   std::string_view authorization,
                                                   std::chrono::system_clock::time_point now) {
  const Authorization parts = ParseAuthorization(authorization);
  if (parts.id.empty() || parts.signed_headers.empty() || parts.signature.empty()) {
    return Denied(
        "the header 'Authorization' is not of the form 'ACS3-HMAC-SHA256 "
        "Credential=ID,SignedHeaders=A;B,Signature=HEX'");
  }
  if (auto refusal = CheckHeaders(request, parts.signed_headers)) return refusal;
  if (parts.id != keys.id) return WrongKeyId(std::string(parts.id));
  const auto date = ParseAcsDate(*FindHeader(request, kDate));
  if (auto refusal = CheckAge(date, std::string(kDate), now)) return refusal;
  const std::string body_digest = Sha256Hex(request.body);
  if (*FindHeader(request, kBodyDigest) != body_digest) {
    return SignatureRefusal{
        .code = "SignatureNotMatch",
        .message = "'" + std::string(kBodyDigest) + "' is not the digest of the body that came"};
  }
  const std::string to_sign =
      "ACS3-HMAC-SHA256\n" +
      Sha256Hex(Acs3CanonicalRequest(request, parts.signed_headers, body_digest));
  if (!IsSameSecret(parts.signature, EncodeHex(HmacSha256(keys.secret, to_sign)))) {
    return WrongSignature();
  }
  return std::nullopt;
}

}  // namespace openfc::emulator
