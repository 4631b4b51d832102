#pragma once

#include "tests/fakes/fake_client.h"
#include "tests/unit/lang/python/concurrent_test.h"

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace openfc::python {

/// A function in the HTTP mode, and clients of it.
class WebTest : public ConcurrentTest {
 protected:
  using Client = testing::FakeClient;

  void SetUp() override {
    ConcurrentTest::SetUp();
    options_.concurrent_limit = 1;
    options_.http_mode = true;
    options_.event_loop = EventLoop::kAsyncio;
  }

  void TearDown() override {
    python_.reset();
    ConcurrentTest::TearDown();
  }

  /// `code` as index.py, whose `app` is loaded.
  void Serve(std::string_view code, const std::string& name = "index.app") {
    Write("index.py", code);
    python_ = MakePythonHandler(options_).value();
    loaded_ = python_->Load(name);
  }

  static HttpRequest Get(const std::string& target) {
    HttpRequest request;
    request.method = "GET";
    request.target = target;
    request.client_address = "192.0.2.7";
    request.client_port = 4711;
    request.server_address = "192.0.2.1";
    request.server_port = 9000;
    return request;
  }

  static Invocation Of(HttpRequest request, std::string body = {}) {
    Invocation invocation;
    invocation.request_id = "r-1";
    invocation.http = std::move(request);
    invocation.body = std::move(body);
    return invocation;
  }

  void Send(Invocation invocation, const Client& client) {
    python_->Handle(std::move(invocation), client.MakeReply());
  }
  Client Send(Invocation invocation) {
    Client client;
    Send(std::move(invocation), client);
    return client;
  }

  /// With a body that the client sends piece by piece.
  static Invocation Streamed(HttpRequest request, const Client& client) {
    Invocation invocation = Of(std::move(request));
    invocation.body = client.MakeBody();
    return invocation;
  }

  static Response ResponseOf(const Client& client) {
    const Outcome outcome = client.AwaitOutcome();
    if (const auto* failure = std::get_if<Failure>(&outcome)) {
      ADD_FAILURE() << failure->type << ": " << failure->document;
      return {};
    }
    return std::get<Response>(outcome);
  }
  static std::string BodyOf(const Client& client) { return ResponseOf(client).body; }

  std::unique_ptr<TemplateHandler> python_;
  Expected<LoadedFunction> loaded_ = Error{ErrorCode::kInvalidArgument, "nothing was loaded"};
};

}  // namespace openfc::python
