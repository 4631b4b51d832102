#pragma once

#include "tests/conformance/row.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace openfc::testing {

/// One request to an HTTP function, as x-fc-http-params says it.
struct HttpRequest {
  std::string method = "GET";
  std::string path = "/";
  std::string uri = "/";
  nlohmann::json headers = nlohmann::json::object();  // {name: [values]}
  std::string client_ip = {};
};

/// The call that delivers it.
Call HttpCall(const HttpRequest& request, Expectation expected, const std::string& body = {});
/// A call with these bytes, whatever they are, as x-fc-http-params.
Call CallWithParams(const std::string& params, Expectation expected);

/// A response of that status and those headers ({name: [values]}), and of exactly that body.
Expectation HttpBody(int status, const nlohmann::json& headers, std::string_view body);
/// The same, with any headers.
Expectation HttpBody(int status, std::string_view body);
/// A response that says neither status nor headers.
Expectation BodyWithoutParams(std::string_view body);
/// An error that says neither status nor headers, besides what `expected` checks.
Expectation ErrorWithoutParams(const Expectation& expected);

/// A row of one plain GET of `index.handler`, defined by `code`.
Row Serving(std::string_view rule, const std::string& code, Expectation expected);
/// Its application starts a response of 200 and has these statements for the rest.
Row Applying(std::string_view rule, const std::vector<std::string>& statements,
             Expectation expected);

std::string EncodeBase64(std::string_view bytes);
std::string DecodeBase64(std::string_view text);

}  // namespace openfc::testing
