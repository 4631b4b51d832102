#pragma once

#include "runtime/http/server.h"
#include "tests/unit/runtime/http/raw_client.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace openfc::http {

inline Response Text(std::string body) { return Response{.body = std::move(body)}; }

inline std::string Get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

inline std::string Post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

/// Answers with the path and the body of the request.
inline void Echo(Request request, Responder responder) {
  std::move(responder).Send(Text(std::string(request.path()) + " " + request.body()));
}

inline std::unique_ptr<Server> StartServer(RequestHandler handler, ServerOptions options = {}) {
  auto server = Server::Start(options, std::move(handler));
  if (!server) throw std::runtime_error(server.error().message);
  return *std::move(server);
}

/// A handler that keeps each call for the test to answer.
class Desk {
 public:
  struct Call {
    Request request;
    Responder responder;
  };

  RequestHandler handler() {
    return [this](Request request, Responder responder) {
      {
        const std::lock_guard lock(mutex_);
        waiting_.push_back({std::move(request), std::move(responder)});
      }
      arrived_.notify_one();
    };
  }

  /// Blocks until the next request has come.
  Call TakeCall() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return !waiting_.empty(); });
    Call call = std::move(waiting_.front());
    waiting_.pop_front();
    return call;
  }
  Responder Take() { return TakeCall().responder; }

  std::size_t waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Call> waiting_;
};

}  // namespace openfc::http
