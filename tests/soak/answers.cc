#include "tests/soak/answers.h"

namespace openfc::soak {

std::string MakeResponse(int status, std::string_view body, std::string_view headers) {
  return "HTTP/1.1 " + std::to_string(status) + " Text\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string MakeInvocationHead(std::string_view id, std::size_t length) {
  return "HTTP/1.1 200 OK\r\nx-fc-request-id: " + std::string(id) +
         "\r\nx-fc-function-handler: index.handler\r\nx-fc-function-name: soak\r\n"
         "x-fc-function-memory: 128\r\nx-fc-function-timeout: 600\r\nContent-Length: " +
         std::to_string(length) + "\r\n\r\n";
}

}  // namespace openfc::soak
