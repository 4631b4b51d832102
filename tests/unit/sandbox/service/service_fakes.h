#pragma once

#include "sandbox/service/answer_with_run.h"
#include "sandbox/service/service.h"
#include "tests/fakes/fake_executor.h"
#include "tests/unit/runtime/http/raw_client.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace openfc::sandbox {

/// A dialect that runs the body of each request, and answers with its standard output.
class PlainDialect final : public Dialect {
 public:
  explicit PlainDialect(const Ground& ground) : ground_(ground) {}

  std::string_view name() const override { return "plain"; }
  std::uint16_t default_port() const override { return 0; }

  void Handle(http::Request request, http::Responder responder) override {
    if (request.path() == "/throw") throw std::runtime_error("a secret");
    RunRequest run;
    run.program = PythonProgram{.code = request.TakeBody()};
    const bool throws = request.path() == "/throw-later";
    AnswerWithRun(ground_, *this, std::move(run), std::move(responder),
                  [throws](const RunOutcome& outcome) -> http::Response {
                    if (throws) throw std::runtime_error("a secret");
                    return {.body = outcome.output};
                  });
  }
  http::Response Refuse(int status, std::string_view sentence) const override {
    return {.status = status, .body = "refused: " + std::string(sentence)};
  }
  http::Response RefuseBusy() const override { return {.status = 429, .body = "busy"}; }

 private:
  const Ground ground_;
};

inline std::unique_ptr<Dialect> MakePlainDialect(const Ground& ground) {
  return std::make_unique<PlainDialect>(ground);
}

/// All of the answer to a request; `head` is its further header lines.
inline std::string Ask(std::uint16_t port, const std::string& method_and_path,
                       const std::string& body = "", const std::string& head = "") {
  http::RawClient client(port);
  client.Send(method_and_path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + head +
              "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  return client.ReadToEnd();
}

/// A service of the plain dialect on an executor, without a log.
inline std::unique_ptr<Service> Serve(Executor& executor, ServiceOptions options = {}) {
  if (options.log_fd == 1) options.log_fd = -1;
  auto service = Service::Start(executor, "plain", &MakePlainDialect, std::move(options));
  if (!service) throw std::runtime_error(service.error().message);
  return *std::move(service);
}

}  // namespace openfc::sandbox
