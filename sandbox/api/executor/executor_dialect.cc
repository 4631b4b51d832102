#include "sandbox/api/executor/executor_dialect.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace openfc::sandbox {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint16_t kPort = 8000;

http::Response Detail(int status, std::string_view sentence) {
  return JsonAnswer(status, Json{{"detail", sentence}}.dump());
}

class ExecutorDialect final : public Dialect {
 public:
  explicit ExecutorDialect(const Ground& ground) : ground_(ground) {}

  std::string_view name() const override { return "executor"; }
  std::uint16_t default_port() const override { return kPort; }

  void Handle(http::Request request, http::Responder responder) override {
    std::move(responder).Send(Answer(request));
  }
  http::Response Refuse(int status, std::string_view sentence) const override {
    return Detail(status, sentence);
  }
  http::Response RefuseBusy() const override {
    return Detail(503, "as many runs wait as may: try again");
  }

 private:
  http::Response Answer(const http::Request& request) const {
    if (request.path() == "/health") return AnswerHealth();
    return Detail(404, "Not Found");
  }
  http::Response AnswerHealth() const {
    return JsonAnswer(200,
                      Json{{"status", "healthy"},
                           {"version", "1.0.0"},
                           {"available_libraries",
                            ground_.executor.InstalledLibraries(Libraries::kData)}}
                          .dump());
  }

  const Ground ground_;
};

}  // namespace

std::unique_ptr<Dialect> MakeExecutorDialect(const Ground& ground) {
  return std::make_unique<ExecutorDialect>(ground);
}

}  // namespace openfc::sandbox
