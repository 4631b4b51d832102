#include "sandbox/api/executor/executor_dialect.h"

#include "runtime/wire/encoding.h"
#include "sandbox/api/executor/code_templates.h"
#include "sandbox/api/executor/execute_reply.h"
#include "sandbox/api/executor/execute_request.h"
#include "sandbox/api/executor/executor_api.h"
#include "sandbox/api/executor/executor_harness.h"
#include "sandbox/api/executor/needed_libraries.h"
#include "sandbox/api/pages/api_pages.h"
#include "sandbox/service/answer_with_run.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace openfc::sandbox {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint16_t kPort = 8000;
constexpr std::string_view kTitle = "Python Executor Service";
constexpr std::size_t kMostCharacters = 50'000;
constexpr std::string_view kTooLong = "代码过长（最大50KB）";
constexpr std::string_view kInternal = "执行失败: 沙箱内部错误";
constexpr std::string_view kTemplatesFolder = "/templates/";
constexpr std::int64_t kMemory = 512LL << 20;

http::Response Detail(int status, std::string_view sentence) {
  return JsonAnswer(
      status, Json{{"detail", sentence}}.dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// Characters of UTF-8: as many bytes as do not go on with one.
std::size_t CharactersIn(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  }));
}

RunRequest RunOf(const ExecuteRequest& request, const char* harness_input,
                 const LimitChoice& limits) {
  RunRequest run;
  run.program = PythonProgram{.code = request.code,
                              .libraries = LibrariesFor(request.code),
                              .harness = ExecutorHarness(),
                              .harness_input = harness_input,
                              .rehearses_harness = true};
  run.limits.memory_bytes = kMemory;
  run.limits = limits.Over(run.limits);
  run.limits.wall = request.timeout;
  run.limits.cpu = request.timeout;
  return run;
}

class ExecutorDialect final : public Dialect {
 public:
  explicit ExecutorDialect(Ground ground) : ground_(std::move(ground)) {}

  std::string_view name() const override { return "executor"; }
  std::uint16_t default_port() const override { return kPort; }

  void Handle(http::Request request, http::Responder responder) override {
    const bool is_post = request.method() == "POST";
    if (is_post && request.path() == "/execute") return Execute(request, std::move(responder));
    if (is_post && request.path() == "/validate") return Validate(request, std::move(responder));
    std::move(responder).Send(Answer(request));
  }
  http::Response Refuse(int status, std::string_view sentence) const override {
    return Detail(status, sentence);
  }
  http::Response RefuseBusy() const override { return Detail(503, "服务繁忙，请稍后重试"); }

 private:
  using Page = http::Response (ExecutorDialect::*)() const;

  void Execute(const http::Request& request, http::Responder responder) {
    auto read = ReadExecuteRequest(request);
    if (auto* refusal = std::get_if<http::Response>(&read)) {
      return std::move(responder).Send(std::move(*refusal));
    }
    const auto& wanted = std::get<ExecuteRequest>(read);
    if (CharactersIn(wanted.code) > kMostCharacters) {
      return std::move(responder).Send(JsonAnswer(200, RefusedExecuteReply(kTooLong)));
    }
    AnswerWithRun(ground_, *this, RunOf(wanted, "", ground_.limits), std::move(responder),
                  [timeout = wanted.timeout](const RunOutcome& outcome) {
                    return Rendered(ExecuteReply({.code = {}, .timeout = timeout}, outcome));
                  });
  }

  void Validate(const http::Request& request, http::Responder responder) {
    auto read = ReadExecuteRequest(request);
    if (auto* refusal = std::get_if<http::Response>(&read)) {
      return std::move(responder).Send(std::move(*refusal));
    }
    const auto& wanted = std::get<ExecuteRequest>(read);
    if (CharactersIn(wanted.code) > kMostCharacters) {
      return std::move(responder).Send(JsonAnswer(200, RefusedValidateReply(kTooLong)));
    }
    RunRequest run = RunOf(wanted, kValidateOnly, ground_.limits);
    std::get<PythonProgram>(run.program).libraries = Libraries::kLean;
    AnswerWithRun(ground_, *this, std::move(run), std::move(responder),
                  [](const RunOutcome& outcome) { return Rendered(ValidateReply(outcome)); });
  }

  static http::Response Rendered(std::optional<std::string> reply) {
    return reply ? JsonAnswer(200, *std::move(reply)) : Detail(500, kInternal);
  }

  http::Response Answer(const http::Request& request) const {
    const std::string_view path = request.path();
    const bool is_get = request.method() == "GET";
    if (path == "/execute" || path == "/validate") return WrongMethod("POST");
    if (const Page page = PageAt(path)) return is_get ? (this->*page)() : WrongMethod("GET");
    if (path.starts_with(kTemplatesFolder) && path.size() > kTemplatesFolder.size() &&
        path.find('/', kTemplatesFolder.size()) == std::string_view::npos) {
      return is_get ? TemplateAt(path.substr(kTemplatesFolder.size())) : WrongMethod("GET");
    }
    if (auto page = AnswerApiPage(request, {.title = kTitle, .document = ExecutorApi()})) {
      return *std::move(page);
    }
    if (path.size() > 1 && path.ends_with('/')) return WithoutSlash(request);
    return Detail(404, "Not Found");
  }

  static Page PageAt(std::string_view path) {
    if (path == "/") return &ExecutorDialect::Root;
    if (path == "/health") return &ExecutorDialect::Health;
    if (path == "/templates") return &ExecutorDialect::Templates;
    return nullptr;
  }

  static http::Response WrongMethod(const char* allowed) {
    http::Response response = Detail(405, "Method Not Allowed");
    response.headers.emplace_back("Allow", allowed);
    return response;
  }

  /// As Starlette does for a path that is known without its last slash.
  static http::Response WithoutSlash(const http::Request& request) {
    std::string_view path = request.path();
    path.remove_suffix(1);
    const bool is_known = path == "/execute" || path == "/validate" || PageAt(path) != nullptr ||
                          path.starts_with(kTemplatesFolder);
    if (!is_known) return Detail(404, "Not Found");
    const std::string query(request.target().substr(request.path().size()));
    return {.status = 307, .headers = {{"Location", std::string(path) + query}}, .body = {}};
  }

  http::Response Root() const {
    return JsonAnswer(
        200, Json{{"service", kTitle}, {"status", "running"}, {"version", "1.0.0"}}.dump());
  }

  http::Response Health() const {
    const Json libraries = ground_.executor.InstalledLibraries(Libraries::kData);
    return JsonAnswer(
        200, Json{{"status", "healthy"}, {"version", "1.0.0"}, {"available_libraries", libraries}}
                 .dump());
  }

  http::Response Templates() const {
    Json all = Json::object();
    for (const CodeTemplate& one : CodeTemplates()) all[std::string(one.name)] = one.code;
    return JsonAnswer(200, all.dump());
  }

  static http::Response TemplateAt(std::string_view encoded) {
    const std::string name = wire::DecodePercent(encoded);
    const CodeTemplate* const found = FindCodeTemplate(name);
    if (found == nullptr) return Detail(404, "模板 '" + name + "' 不存在");
    return JsonAnswer(200, Json{{"name", found->name}, {"code", found->code}}.dump());
  }

  const Ground ground_;
};

}  // namespace

std::unique_ptr<Dialect> MakeExecutorDialect(const Ground& ground) {
  return std::make_unique<ExecutorDialect>(ground);
}

}  // namespace openfc::sandbox
