#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc::http {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// A whole answer. Content-Length and Connection are the server's to write: leave them out.
struct Response {
  int status = 200;
  HeaderList headers = {};
  std::string body = {};
};

/// How the request asked to be answered.
struct AnswerStyle {
  bool keep_alive = true;
  bool is_http_1_0 = false;
  bool is_head = false;  // The method was HEAD: the length is told, the body is not sent.
};

/// Appends the status line and the headers of `response`, up to and with the empty line. A header
/// that could not be told from other text (a name that is no token, a line break in a value) turns
/// the answer into a 500: nothing of it reaches the wire.
void AppendHead(Response& response, const AnswerStyle& style, std::string& out);

/// False for those statuses and methods whose answers carry no body.
bool HasBody(int status, const AnswerStyle& style);

}  // namespace openfc::http
