#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc::emulator {

struct ExchangeRequest {
  std::string method;
  std::string target;  // As it goes onto the wire.
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

/// Who takes an answer as it comes, on the thread that waits for it. False: no more is wanted.
class ExchangeSink {
 public:
  virtual bool OnHead(int status, std::vector<std::pair<std::string, std::string>> headers) = 0;
  virtual bool OnBody(std::string_view bytes) = 0;

 protected:
  ~ExchangeSink() = default;
};

enum class ExchangeEnd {
  kComplete,
  kUnwanted,     // The sink said so.
  kUnreachable,  // No connection.
  kCutOff,       // The connection ended, or nothing came, before the answer was complete.
  kCancelled,
};

/// A connection to a web server, kept between requests; one request at a time. A kept connection
/// that turns out dead at once, before a byte of the answer came, is replaced, and the request sent
/// again. Used from one thread, but for Arm() and Cancel().
class HttpExchange {
 public:
  HttpExchange(const std::string& host, std::uint16_t port);
  ~HttpExchange();
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  /// Blocks until the answer is there, or nothing has moved for `patience`.
  ExchangeEnd Run(const ExchangeRequest& request, ExchangeSink& sink,
                  std::chrono::milliseconds patience);

  /// From here on Cancel() is about the next Run().
  void Arm();

  /// Has Run() end soon, with kCancelled. From any thread.
  void Cancel();

 private:
  class Connection;

  const std::unique_ptr<Connection> connection_;
};

}  // namespace openfc::emulator
