#include "emulator/signature/fc2_signature.h"

#include "emulator/digest/sha256.h"
#include "emulator/signature/refusals.h"
#include "emulator/signature/request_text.h"
#include "emulator/signature/signing_date.h"
#include "runtime/wire/encoding.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace openfc::emulator {
namespace {

constexpr std::string_view kOurHeaders = "x-fc-";

/// Sorted by name, one a line.
std::string CanonicalHeaders(const SignedRequest& request) {
  std::vector<std::pair<std::string, std::string_view>> ours;
  for (const SignedHeader& header : request.headers) {
    std::string name = LowerCase(header.name);
    if (name.starts_with(kOurHeaders)) ours.emplace_back(std::move(name), Trim(header.value));
  }
  std::stable_sort(ours.begin(), ours.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  std::string text;
  for (const auto& [name, value] : ours) text.append(name).append(":").append(value).append("\n");
  return text;
}

/// The management API's paths, whose query is not signed. A function's own paths are other ones:
/// `/VERSION/proxy/...`, or any at all.
bool IsApiPath(std::string_view path) {
  constexpr std::array<std::string_view, 3> kVersions = {"/2016-08-15/", "/2021-04-06/",
                                                         "/2023-03-30/"};
  const auto version =
      std::find_if(kVersions.begin(), kVersions.end(),
                   [&](std::string_view candidate) { return path.starts_with(candidate); });
  if (version == kVersions.end()) return false;
  const auto rest = path.substr(version->size());
  return rest.starts_with("services") || rest.starts_with("functions");
}

std::string CanonicalResource(std::string_view target) {
  std::string resource = wire::DecodePercent(PathOf(target));
  if (IsApiPath(resource)) return resource;
  std::vector<std::string> parameters;
  for (const QueryParameter& parameter : QueryOf(target)) {
    parameters.push_back(parameter.has_value ? parameter.name + "=" + parameter.value
                                             : parameter.name);
  }
  std::sort(parameters.begin(), parameters.end());
  if (parameters.empty()) return resource + "\n";
  for (const std::string& parameter : parameters) resource.append("\n").append(parameter);
  return resource;
}

}  // namespace

std::string Fc2StringToSign(const SignedRequest& request) {
  std::string text(request.method);
  for (const auto* header : {"content-md5", "content-type", "date"}) {
    text.append("\n").append(FindHeader(request, header).value_or(""));
  }
  return text.append("\n")
      .append(CanonicalHeaders(request))
      .append(CanonicalResource(request.target));
}

std::optional<SignatureRefusal> CheckFc2Signature(const KeyPair& keys, const SignedRequest& request,
                                                  std::string_view authorization,
                                                  std::chrono::system_clock::time_point now) {
  const auto colon = authorization.find(':');
  if (colon == std::string_view::npos) {
    return Denied("the header 'Authorization' is not of the form 'FC ID:SIGNATURE'");
  }
  const auto date = FindHeader(request, "date");
  if (!date) return MissingHeader("Date");
  const auto id = authorization.substr(0, colon);
  if (id != keys.id) return WrongKeyId(std::string(id));
  if (auto refusal = CheckAge(ParseHttpDate(*date), "Date", now)) return refusal;
  const std::string right = wire::EncodeBase64(HmacSha256(keys.secret, Fc2StringToSign(request)));
  if (!IsSameSecret(authorization.substr(colon + 1), right)) return WrongSignature();
  return std::nullopt;
}

}  // namespace openfc::emulator
