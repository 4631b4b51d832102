#include "sandbox/api/executor/executor_dialect.h"

#include "sandbox/api/executor/executor_harness.h"
#include "sandbox/service/workers.h"
#include "tests/fakes/fake_executor.h"
#include "tests/unit/runtime/server/server_fakes.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

namespace openfc::sandbox {
namespace {

using openfc::testing::FakeExecutor;

/// A client that waits: answers come from the workers' threads.
class WaitingLine final : public http::AnswerLine {
 public:
  void Answer(std::uint64_t /*ticket*/, http::Response response) override {
    answer_.set_value(std::move(response));
  }
  std::unique_ptr<http::AnswerWriter> Begin(std::uint64_t, http::Response) override {
    return nullptr;
  }
  std::unique_ptr<http::WebSocket> Upgrade(std::uint64_t, http::HeaderList) override {
    return nullptr;
  }
  void Overrule(std::uint64_t, http::Response) override {}
  void WhenHalfClosed(std::uint64_t, std::function<void()>) override {}
  void WhenGone(std::uint64_t, std::function<void()>) override {}
  bool IsHalfClosed() const override { return false; }

  http::Response Await() { return answer_.get_future().get(); }

 private:
  std::promise<http::Response> answer_;
};

class ExecutorDialectTest : public ::testing::Test {
 protected:
  http::Response Ask(const RequestText& text) {
    const auto line = std::make_shared<WaitingLine>();
    dialect_->Handle(MakeRequest(text), http::Responder(line, 0));
    return line->Await();
  }

  http::Response AskJson(const std::string& target, const std::string& body) {
    return Ask({.target = target, .headers = {{"Content-Type", "application/json"}}, .body = body});
  }
  /// What was submitted last.
  RunRequest Submitted() const { return executor_.taken().back()->request; }

  FakeExecutor executor_{[](const RunRequest& request) {
    const bool validates = std::get<PythonProgram>(request.program).harness_input == kValidateOnly;
    return RunOutcome{.end = RunEnd::kExited,
                      .output = "ran",
                      .result = validates ? "{\"checked\": null}\n" : "{\"ended\": null}\n"};
  }};
  Workers workers_{1};
  std::unique_ptr<Dialect> dialect_ =
      MakeExecutorDialect({.executor = executor_, .workers = workers_});
};

TEST_F(ExecutorDialectTest, ListsTheLibrariesThatImport) {
  executor_.SetLibraries({"numpy", "pandas"});

  const auto answer = Ask({.method = "GET", .target = "/health"});

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"({"status":"healthy","version":"1.0.0","available_libraries":["numpy","pandas"]})");
}

TEST_F(ExecutorDialectTest, KnowsItsPagesAndTheirMethods) {
  struct Row {
    const char* method;
    const char* target;
    int status;
    const char* body;
  };
  for (const auto& [method, target, status, body] :
       {Row{"GET", "/", 200,
            R"({"service":"Python Executor Service","status":"running","version":"1.0.0"})"},
        Row{"GET", "/templates/none", 404, R"({"detail":"模板 'none' 不存在"})"},
        Row{"GET", "/templates/%E6%97%A0", 404, R"({"detail":"模板 '无' 不存在"})"},
        Row{"GET", "/nothing", 404, R"({"detail":"Not Found"})"},
        Row{"POST", "/health", 405, R"({"detail":"Method Not Allowed"})"},
        Row{"HEAD", "/health", 405, R"({"detail":"Method Not Allowed"})"},
        Row{"GET", "/execute", 405, R"({"detail":"Method Not Allowed"})"},
        Row{"DELETE", "/validate", 405, R"({"detail":"Method Not Allowed"})"},
        Row{"PUT", "/templates/matplotlib_basic", 405, R"({"detail":"Method Not Allowed"})"},
        Row{"GET", "/health/", 307, ""}, Row{"GET", "/nothing/", 404, R"({"detail":"Not Found"})"},
        Row{"GET", "/templates/a/b", 404, R"({"detail":"Not Found"})"}}) {
    const auto answer = Ask({.method = method, .target = target});
    EXPECT_EQ(answer.status, status) << method << target;
    EXPECT_EQ(answer.body, body) << method << target;
  }
}

TEST_F(ExecutorDialectTest, TakesTheOperatorsLimitsBeforeItsOwn) {
  const auto limits_of_a_run = [this] {
    AskJson("/execute", R"({"code": "1", "timeout": 7})");
    return Submitted().limits;
  };
  EXPECT_EQ(limits_of_a_run().memory_bytes, 512LL << 20);

  dialect_ = MakeExecutorDialect({.executor = executor_,
                                  .workers = workers_,
                                  .limits = {.memory_bytes = 64LL << 20, .output_bytes = 1000}});

  const Limits limits = limits_of_a_run();
  EXPECT_EQ(limits.memory_bytes, 64LL << 20);
  EXPECT_EQ(limits.output_bytes, 1000);
  EXPECT_EQ(limits.processes, Limits{}.processes);
  EXPECT_EQ(limits.wall, std::chrono::seconds(7));
}

TEST_F(ExecutorDialectTest, OffersItsTemplates) {
  const auto all = nlohmann::json::parse(Ask({.method = "GET", .target = "/templates"}).body);

  for (const char* name : {"matplotlib_basic", "plotly_scatter", "pandas_analysis"}) {
    const auto one = nlohmann::json::parse(
        Ask({.method = "GET", .target = std::string("/templates/") + name}).body);
    EXPECT_EQ(one["name"], name);
    EXPECT_EQ(one["code"], all[name]);
  }
  EXPECT_EQ(all.size(), 3U);
}

TEST_F(ExecutorDialectTest, RunsCodeWithinItsTimeout) {
  const auto answer = AskJson("/execute", R"({"code": "x = 1", "timeout": 5})");

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(nlohmann::json::parse(answer.body)["output"]["stdout"], "ran");
  const auto program = std::get<PythonProgram>(Submitted().program);
  EXPECT_EQ(program.code, "x = 1");
  EXPECT_EQ(program.file_name, "<string>");
  EXPECT_EQ(program.libraries, Libraries::kLean);
  EXPECT_FALSE(program.may_fork);
  EXPECT_EQ(Submitted().limits.wall, std::chrono::seconds(5));
}

TEST_F(ExecutorDialectTest, ForksWhatNeedsThemWithTheDataLibraries) {
  (void)AskJson("/execute", R"({"code": "np.pi"})");

  EXPECT_EQ(std::get<PythonProgram>(Submitted().program).libraries, Libraries::kData);
}

TEST_F(ExecutorDialectTest, ValidatesWithoutRunning) {
  EXPECT_EQ(AskJson("/validate", R"({"code": "np.pi"})").body, R"({"valid":true,"error":null})");

  const auto program = std::get<PythonProgram>(Submitted().program);
  EXPECT_EQ(program.harness_input, kValidateOnly);
  EXPECT_EQ(program.libraries, Libraries::kLean);
}

TEST_F(ExecutorDialectTest, TakesFiftyThousandCharactersAndNoMore) {
  std::string most;
  for (int i = 0; i < 50'000; ++i) most += "码";

  EXPECT_EQ(AskJson("/execute", nlohmann::json{{"code", most}}.dump()).status, 200);
  EXPECT_EQ(executor_.taken().size(), 1U);
  const std::string more = nlohmann::json{{"code", most + "x"}}.dump();
  EXPECT_EQ(nlohmann::json::parse(AskJson("/execute", more).body)["error"],
            "代码验证失败: 代码过长（最大50KB）");
  EXPECT_EQ(nlohmann::json::parse(AskJson("/validate", more).body)["error"],
            "代码过长（最大50KB）");
  EXPECT_EQ(executor_.taken().size(), 1U);
}

TEST_F(ExecutorDialectTest, DescribesEachOfItsRoutes) {
  const auto api = nlohmann::json::parse(Ask({.method = "GET", .target = "/openapi.json"}).body);

  EXPECT_EQ(api["openapi"], "3.1.0");
  EXPECT_EQ(api["info"]["title"], "Python Executor Service");
  for (const auto& [path, methods] : api["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      const std::string target = path.substr(0, path.find('{')) +
                                 (path.find('{') != std::string::npos ? "matplotlib_basic" : "");
      const bool is_post = method == "post";
      const auto answer =
          is_post ? AskJson(target, "{}") : Ask({.method = "GET", .target = target});
      EXPECT_EQ(answer.status, is_post ? 422 : 200) << path;
      EXPECT_TRUE(operation["responses"].contains(std::to_string(answer.status))) << path;
    }
  }
  EXPECT_EQ(api["paths"].size(), 6U);
}

TEST_F(ExecutorDialectTest, SaysThatItIsBusy) {
  executor_.SetCapacity(0);

  const auto answer = AskJson("/execute", R"({"code": ""})");

  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, R"({"detail":"服务繁忙，请稍后重试"})");
}

TEST_F(ExecutorDialectTest, SaysWhatIsWrongWithARequestWithoutARun) {
  EXPECT_EQ(AskJson("/execute", R"({"cod": ""})").status, 422);
  EXPECT_EQ(AskJson("/validate", R"({"code": "", "timeout": 61})").status, 422);

  EXPECT_EQ(executor_.taken().size(), 0U);
}

}  // namespace
}  // namespace openfc::sandbox
