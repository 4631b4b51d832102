#include "emulator/http_client/http_exchange.h"

#include <httplib.h>

#include <atomic>
#include <cstddef>

namespace openfc::emulator {
namespace {

using std::chrono::milliseconds;

/// A server that closes a kept connection does it before it can have begun with a request that
/// crosses: what fails later was a request that it had.
constexpr milliseconds kStaleTime{20};

constexpr int kNotModified = 304;

/// What one attempt has seen.
struct Attempt {
  bool has_head = false;
  bool ends_with_head = false;  // 304: the library would wait for a body.
  bool is_unwanted = false;
};

std::vector<std::pair<std::string, std::string>> HeadersOf(const httplib::Response& response) {
  return {response.headers.begin(), response.headers.end()};
}

httplib::Request MakeRequest(const ExchangeRequest& request) {
  httplib::Request made;
  made.method = request.method;
  made.path = request.target;
  for (const auto& [name, value] : request.headers) made.headers.emplace(name, value);
  made.body = request.body;
  return made;
}

}  // namespace

class HttpExchange::Connection {
 public:
  Connection(const std::string& host, std::uint16_t port) : client_(host, port) {
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);
    client_.set_follow_location(false);
    client_.set_decompress(false);
    client_.set_url_encode(false);
  }

  ExchangeEnd Run(const ExchangeRequest& request, ExchangeSink& sink, milliseconds patience) {
    client_.set_connection_timeout(patience);
    client_.set_read_timeout(patience);
    client_.set_write_timeout(patience);
    const bool is_kept = client_.is_socket_open() > 0;
    const auto begun = std::chrono::steady_clock::now();
    Attempt attempt;
    ExchangeEnd end = Try(request, sink, attempt);
    const bool is_stale = is_kept && end == ExchangeEnd::kCutOff && !attempt.has_head &&
                          std::chrono::steady_clock::now() - begun < kStaleTime;
    return is_stale ? Try(request, sink, attempt) : end;
  }

  void Arm() { is_cancelled_ = false; }

  void Cancel() {
    is_cancelled_ = true;
    client_.stop();
  }

 private:
  ExchangeEnd Try(const ExchangeRequest& request, ExchangeSink& sink, Attempt& attempt) {
    httplib::Request made = MakeRequest(request);
    made.response_handler = [&](const httplib::Response& response) {
      attempt.has_head = true;
      attempt.ends_with_head = response.status == kNotModified;
      attempt.is_unwanted = !sink.OnHead(response.status, HeadersOf(response));
      return !attempt.is_unwanted && !attempt.ends_with_head && !is_cancelled_;
    };
    made.content_receiver = [&](const char* data, std::size_t size, std::uint64_t /*offset*/,
                                std::uint64_t /*total*/) {
      attempt.is_unwanted = !sink.OnBody(std::string_view(data, size));
      return !attempt.is_unwanted && !is_cancelled_;
    };
    if (is_cancelled_) return ExchangeEnd::kCancelled;
    const httplib::Result result = client_.send(made);
    if (is_cancelled_) return ExchangeEnd::kCancelled;
    if (attempt.is_unwanted) return ExchangeEnd::kUnwanted;
    if (attempt.ends_with_head) return ExchangeEnd::kComplete;
    if (!result) {
      return result.error() == httplib::Error::Connection ? ExchangeEnd::kUnreachable
                                                          : ExchangeEnd::kCutOff;
    }
    if (attempt.has_head) return ExchangeEnd::kComplete;
    // An answer that has no body (to HEAD, 204): the library calls nobody.
    return sink.OnHead(result->status, HeadersOf(*result)) ? ExchangeEnd::kComplete
                                                           : ExchangeEnd::kUnwanted;
  }

  httplib::Client client_;
  std::atomic<bool> is_cancelled_ = false;
};

HttpExchange::HttpExchange(const std::string& host, std::uint16_t port)
    : connection_(std::make_unique<Connection>(host, port)) {}

HttpExchange::~HttpExchange() = default;

ExchangeEnd HttpExchange::Run(const ExchangeRequest& request, ExchangeSink& sink,
                              milliseconds patience) {
  return connection_->Run(request, sink, patience);
}

void HttpExchange::Arm() { connection_->Arm(); }

void HttpExchange::Cancel() { connection_->Cancel(); }

}  // namespace openfc::emulator
