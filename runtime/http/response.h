#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc::http {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// A whole answer, or the head of one. How it is framed is the server's to write: what the headers
/// say of that is left out, but that `Connection: close` is obeyed, and that a Content-Length
/// counts where the body itself does not tell (of a streamed answer, or to HEAD).
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

/// False when the status or a header could not be told from other text (a name that is no token, a
/// line break in a value).
bool IsSendable(const Response& response);
bool AreSendable(const HeaderList& headers);

/// Content-Length, Transfer-Encoding, Connection and the like: the server's own.
bool IsFraming(std::string_view name);

/// Appends the status line and the headers of a whole answer, up to and with the empty line. One
/// that is not sendable becomes a 500: nothing of it reaches the wire.
void AppendHead(Response& response, AnswerStyle& style, std::string& out);

/// How the end of a streamed body is told.
struct Framing {
  enum class Kind { kNoBody, kLength, kChunks, kToClose };
  Kind kind = Kind::kNoBody;
  std::size_t length = 0;
};

/// As AppendHead() for an answer whose body follows; it must be sendable. An answer that only the
/// end of the connection ends takes keep-alive from `style`.
Framing AppendStreamHead(const Response& head, AnswerStyle& style, std::string& out);

/// False for those statuses and methods whose answers carry no body.
bool HasBody(int status, const AnswerStyle& style);

}  // namespace openfc::http
