#include "tests/conformance/http_call.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

namespace openfc::testing {
namespace {

using nlohmann::json;

constexpr const char* kParams = "x-fc-http-params";
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

json ParamsOf(const Request& post) {
  const auto encoded = post.Header(kParams);
  if (!encoded) return nullptr;
  return json::parse(DecodeBase64(*encoded), nullptr, /*allow_exceptions=*/false);
}

}  // namespace

Call HttpCall(const HttpRequest& request, Expectation expected, const std::string& body) {
  const json params = {{"method", request.method},
                       {"path", request.path},
                       {"requestURI", request.uri},
                       {"clientIP", request.client_ip},
                       {"headersMap", request.headers}};
  Call call = CallWithParams(EncodeBase64(params.dump()), std::move(expected));
  call.event = body;
  return call;
}

Call CallWithParams(const std::string& params, Expectation expected) {
  return {.headers = {{kParams, params}}, .expected = std::move(expected)};
}

Expectation HttpBody(int status, const json& headers, std::string_view body) {
  return [=, body = std::string(body)](const Request& post, const Instance& instance) {
    HttpBody(status, body)(post, instance);
    EXPECT_EQ(ParamsOf(post), (json{{"status", status}, {"headersMap", headers}}));
  };
}

Expectation HttpBody(int status, std::string_view body) {
  return [status, body = std::string(body)](const Request& post, const Instance& instance) {
    PostedTo("response")(post, instance);
    ASSERT_TRUE(ParamsOf(post).is_object()) << post.body;
    EXPECT_EQ(ParamsOf(post)["status"], status);
    EXPECT_TRUE(post.body == instance.Expand(body)) << post.body.substr(0, 1000);
    EXPECT_EQ(post.Header("content-type"), "application/octet-stream");
  };
}

Expectation BodyWithoutParams(std::string_view body) {
  return [body = std::string(body)](const Request& post, const Instance& instance) {
    Body(body)(post, instance);
    EXPECT_EQ(post.Header(kParams), std::nullopt);
  };
}

Expectation ErrorWithoutParams(const Expectation& expected) {
  return [expected](const Request& post, const Instance& instance) {
    expected(post, instance);
    EXPECT_EQ(post.Header(kParams), std::nullopt);
    EXPECT_EQ(post.Header("content-type"), "application/json");
  };
}

Row Serving(std::string_view rule, const std::string& code, Expectation expected) {
  return {.rule = std::string(rule),
          .files = Index(code),
          .calls = {HttpCall({}, std::move(expected))}};
}

Row Applying(std::string_view rule, const std::vector<std::string>& statements,
             Expectation expected) {
  std::string code =
      "def handler(environ, start_response):\n    write = start_response('200', [])\n";
  for (const std::string& each : statements) code.append("    ").append(each).append("\n");
  return Serving(rule, code, std::move(expected));
}

std::string EncodeBase64(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t j = i; j < i + 3; ++j) {
      bits = bits << 8U | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += i + j <= bytes.size() ? kAlphabet[bits >> (18 - 6 * j) & 63U] : '=';
    }
  }
  return text;
}

std::string DecodeBase64(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char letter : text.substr(0, text.find('='))) {
    bits = bits << 6U | static_cast<std::uint32_t>(kAlphabet.find(letter));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xffU);
  }
  return bytes;
}

}  // namespace openfc::testing
