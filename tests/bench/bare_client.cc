// The floor of bench_runtime: a client of the Runtime API that echoes, and does nothing else.
//
//     bench_bare_client [--together] [--window N]      with FC_RUNTIME_API=127.0.0.1:PORT
//
// Two calls an invocation, one after the other; --together writes a result and the next poll in one
// segment. With a window above one: that many connections, each in turn like the single one, behind
// one epoll in one thread.

#include "runtime/base/unique_fd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::bench {
namespace {

constexpr std::string_view kPoll =
    "GET /2020-11-11/runtime/invocation/next HTTP/1.1\r\nHost: bench\r\n\r\n";

struct Options {
  bool together = false;
  std::size_t window = 1;
  std::uint16_t port = 0;
};

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

/// One slot: polls, echoes, polls again.
class Slot {
 public:
  explicit Slot(const Options& options)
      : together_(options.together), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(options.port);
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    is_open_ =
        ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
        Write(kPoll);
  }

  int fd() const { return socket_.get(); }
  bool is_open() const { return is_open_; }

  /// Takes what the socket has, once, and answers it. Blocks while it has nothing.
  bool Advance() {
    std::array<char, 65536> bytes;
    const ssize_t length = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (length <= 0) return false;
    buffer_.append(bytes.data(), static_cast<std::size_t>(length));
    while (const auto answer = Take()) {
      if (!React(*answer)) return false;
    }
    return true;
  }

 private:
  bool React(const Answer& answer) {
    if (has_posted_) {
      has_posted_ = false;
      return together_ || Write(kPoll);
    }
    has_posted_ = true;
    return Write(together_ ? MakePost(answer).append(kPoll) : MakePost(answer));
  }

  bool Write(std::string_view bytes) const {
    return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }

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

  const bool together_;
  UniqueFd socket_;
  bool is_open_ = false;
  bool has_posted_ = false;
  std::string buffer_;
};

void RunOne(Slot& slot) {
  while (slot.Advance()) continue;
}

void RunMany(std::vector<Slot>& slots) {
  const UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  for (Slot& slot : slots) {
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &slot}};
    ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, slot.fd(), &event);
  }
  while (true) {
    std::array<epoll_event, 64> events;
    const int ready = ::epoll_wait(epoll.get(), events.data(), events.size(), -1);
    for (int i = 0; i < ready; ++i) {
      if (!static_cast<Slot*>(events[static_cast<std::size_t>(i)].data.ptr)->Advance()) return;
    }
  }
}

Options ReadOptions(int argc, char** argv) {
  Options options;
  const char* const address = std::getenv("FC_RUNTIME_API");
  const std::string text = address == nullptr ? "" : address;
  options.port = static_cast<std::uint16_t>(
      std::strtoul(text.substr(text.rfind(':') + 1).c_str(), nullptr, 10));
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--together") options.together = true;
    if (argument == "--window" && i + 1 < argc) {
      options.window = std::strtoul(argv[i + 1], nullptr, 10);
    }
  }
  return options;
}

int Run(const Options& options) {
  std::vector<Slot> slots;
  slots.reserve(options.window);  // Their addresses are handed to the kernel.
  for (std::size_t i = 0; i < options.window; ++i) {
    if (!slots.emplace_back(options).is_open()) return 1;
  }
  if (slots.size() == 1) {
    RunOne(slots.front());
  } else {
    RunMany(slots);
  }
  return 0;
}

}  // namespace
}  // namespace openfc::bench

int main(int argc, char** argv) {
  return openfc::bench::Run(openfc::bench::ReadOptions(argc, argv));
}
