// The floor of bench_runtime: a client of the Runtime API that echoes, and does nothing else.
//
//     bench_bare_client [--together]      with FC_RUNTIME_API=127.0.0.1:PORT
//
// Two calls an invocation, one after the other; --together writes a result and the next poll in one
// segment.

#include "runtime/base/unique_fd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace openfc::bench {
namespace {

constexpr std::string_view kPoll =
    "GET /2020-11-11/runtime/invocation/next HTTP/1.1\r\nHost: bench\r\n\r\n";

struct Answer {
  std::string id;
  std::string body;
};

std::string_view Between(std::string_view text, std::string_view start, std::string_view end) {
  const auto from = text.find(start);
  if (from == std::string_view::npos) return {};
  text.remove_prefix(from + start.size());
  return text.substr(0, text.find(end));
}

std::string MakePost(const Answer& event) {
  return "POST /2020-11-11/runtime/invocation/" + event.id +
         "/response HTTP/1.1\r\nHost: bench\r\nContent-Type: application/octet-stream\r\n"
         "Content-Length: " +
         std::to_string(event.body.size()) + "\r\n\r\n" + event.body;
}

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    is_open_ =
        ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }

  bool Write(std::string_view bytes) const {
    return is_open_ && ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                           static_cast<ssize_t>(bytes.size());
  }

  std::optional<Answer> Read() {
    while (true) {
      if (auto answer = Take()) return answer;
      std::array<char, 65536> bytes;
      const ssize_t length = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
      if (length <= 0) return std::nullopt;
      buffer_.append(bytes.data(), static_cast<std::size_t>(length));
    }
  }

 private:
  std::optional<Answer> Take() {
    const auto end = buffer_.find("\r\n\r\n");
    if (end == std::string::npos) return std::nullopt;
    const std::string_view head = std::string_view(buffer_).substr(0, end + 2);
    const std::string length(Between(head, "Content-Length: ", "\r\n"));
    const std::size_t size = std::strtoul(length.c_str(), nullptr, 10);
    if (buffer_.size() < end + 4 + size) return std::nullopt;
    Answer answer{.id = std::string(Between(head, "x-fc-request-id: ", "\r\n")),
                  .body = buffer_.substr(end + 4, size)};
    buffer_.erase(0, end + 4 + size);
    return answer;
  }

  UniqueFd socket_;
  bool is_open_ = false;
  std::string buffer_;
};

void RunInTurn(Connection& connection) {
  while (true) {
    if (!connection.Write(kPoll)) return;
    const auto event = connection.Read();
    if (!event || !connection.Write(MakePost(*event)) || !connection.Read()) return;
  }
}

void RunTogether(Connection& connection) {
  if (!connection.Write(kPoll)) return;
  while (true) {
    const auto event = connection.Read();
    if (!event || !connection.Write(MakePost(*event).append(kPoll)) || !connection.Read()) return;
  }
}

}  // namespace
}  // namespace openfc::bench

int main(int argc, char** argv) {
  const char* const address = std::getenv("FC_RUNTIME_API");
  const std::string text = address == nullptr ? "" : address;
  const auto port = std::strtoul(text.substr(text.rfind(':') + 1).c_str(), nullptr, 10);
  openfc::bench::Connection connection(static_cast<std::uint16_t>(port));
  if (argc > 1 && std::string_view(argv[1]) == "--together") {
    openfc::bench::RunTogether(connection);
  } else {
    openfc::bench::RunInTurn(connection);
  }
}
