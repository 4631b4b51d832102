#include "tests/fakes/answer.h"

#include <algorithm>
#include <utility>

namespace openfc::testing {
namespace {

void Put(HeaderPairs& headers, const std::pair<std::string, std::string>& header) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& known) { return known.first == header.first; });
  if (found == headers.end()) {
    headers.push_back(header);
  } else {
    found->second = header.second;
  }
}

}  // namespace

Answer Respond(int status, std::string_view body, const HeaderPairs& headers) {
  std::string bytes = "HTTP/1.1 " + std::to_string(status) + " Scripted\r\n";
  for (const auto& [name, value] : headers) {
    bytes.append(name).append(": ").append(value).append("\r\n");
  }
  bytes.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
  return Answer{.bytes = bytes.append(body)};
}

Answer Invoke(std::string_view id, std::string_view event, const HeaderPairs& headers) {
  HeaderPairs all = {{"x-fc-request-id", std::string(id)},
                     {"x-fc-function-handler", "index.handler"}};
  for (const auto& header : headers) Put(all, header);
  return Respond(200, event, all);
}

Answer CutShort(Answer answer, std::size_t missing) {
  answer.bytes.resize(answer.bytes.size() - missing);
  answer.then = Answer::Then::kClose;
  return answer;
}

Answer ByteByByte(Answer answer) {
  answer.pace = Answer::Pace::kByteByByte;
  return answer;
}

Answer Hang(Answer answer) {
  answer.when = Answer::When::kReleased;
  return answer;
}

Answer Raw(std::string_view bytes, Answer::Then then) {
  return Answer{.bytes = std::string(bytes), .then = then};
}

Answer HangUp(Answer::When when) { return Answer{.when = when, .then = Answer::Then::kClose}; }

Answer ResetConnection(Answer::When when) {
  return Answer{.when = when, .then = Answer::Then::kReset};
}

}  // namespace openfc::testing
