#include "runtime/client/http_exchange.h"

#include "runtime/wire/routes.h"

#include <httplib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <exception>

namespace openfc {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// Every limit in one place: the library's own (5 s to read, TCP_NODELAY off) suit nothing here.
constexpr seconds kConnectLimit{5};
constexpr seconds kWriteLimit{60};
constexpr seconds kPostReadLimit{60};
// As good as none, and the longest that the library's poll(2) in milliseconds can count.
constexpr seconds kPollReadLimit = hours(24 * 24);

// A long poll says nothing for minutes: TCP itself finds out that the platform is gone.
constexpr int kKeepAliveIdleSeconds = 60;
constexpr int kKeepAliveIntervalSeconds = 15;
constexpr int kKeepAliveProbes = 4;

void SetOption(int socket, int level, int name, int value) {
  ::setsockopt(socket, level, name, &value, sizeof(value));
}

void SetKeepAlive(int socket) {
  SetOption(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  SetOption(socket, IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveIdleSeconds);
  SetOption(socket, IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveIntervalSeconds);
  SetOption(socket, IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveProbes);
}

wire::HeaderLookup LookupIn(const httplib::Headers& headers) {
  return [&headers](std::string_view name) -> std::optional<std::string_view> {
    const auto found = headers.find(std::string(name));  // The map ignores case.
    if (found == headers.end()) return std::nullopt;
    return found->second;
  };
}

class HttplibExchange final : public HttpExchange {
 public:
  HttplibExchange(const std::string& host, std::uint16_t port, Interrupt& interrupt)
      : interrupt_(interrupt), client_(host, port) {
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);
    client_.set_decompress(false);  // The event's bytes are passed on as they are.
    client_.set_follow_location(false);
    client_.set_connection_timeout(kConnectLimit);
    client_.set_write_timeout(kWriteLimit);
    client_.set_default_headers({{"User-Agent", std::string(wire::kUserAgent)}});
    client_.set_socket_options([this](int socket) {
      SetKeepAlive(socket);
      if (is_polling_) interrupt_.Watch(socket);
    });
  }

  Expected<HttpAnswer> Get(const std::string& path, const OnHead& on_head) override {
    HttpAnswer answer;
    client_.set_read_timeout(kPollReadLimit);
    StartPolling();
    const auto result = client_.Get(
        path,
        [&](const httplib::Response& head) {
          StopPolling();
          answer.status = head.status;
          on_head(head.status, LookupIn(head.headers));
          return true;
        },
        [&](const char* bytes, std::size_t length) {
          answer.body.append(bytes, length);
          return true;
        });
    StopPolling();
    return Conclude(result, std::move(answer));
  }

  Expected<HttpAnswer> Post(const std::string& path, const wire::HeaderList& headers,
                            std::string_view body, std::string_view content_type) override try {
    client_.set_read_timeout(kPostReadLimit);
    // Given piece by piece, the body is not copied.
    const auto result = client_.Post(
        path, httplib::Headers(headers.begin(), headers.end()), body.size(),
        [body](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
          return sink.write(body.data() + offset, length);
        },
        std::string(content_type));
    HttpAnswer answer;
    if (result) answer.status = result->status;
    return Conclude(result, std::move(answer));
  } catch (const std::exception& exception) {
    Drop();
    return Error{ErrorCode::kSystem, exception.what()};
  }

  void Drop() override { client_.stop(); }

 private:
  void StartPolling() {
    is_polling_ = true;
    // What the connection that was kept closed meanwhile may be anybody's number by now.
    interrupt_.Watch(client_.is_socket_open() != 0 ? client_.socket() : -1);
  }
  void StopPolling() {
    is_polling_ = false;
    interrupt_.Watch(-1);
  }

  /// A failure after the head is an answer that was cut short; one before it is none at all.
  Expected<HttpAnswer> Conclude(const httplib::Result& result, HttpAnswer answer) {
    if (result) return answer;
    Drop();
    if (answer.status == 0) {
      return Error{ErrorCode::kUnavailable, httplib::to_string(result.error())};
    }
    answer.is_truncated = true;
    return answer;
  }

  Interrupt& interrupt_;
  httplib::Client client_;
  bool is_polling_ = false;
};

}  // namespace

std::unique_ptr<HttpExchange> MakeHttpExchange(const std::string& host, std::uint16_t port,
                                               Interrupt& interrupt) {
  return std::make_unique<HttplibExchange>(host, port, interrupt);
}

}  // namespace openfc
