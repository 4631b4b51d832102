#include "sandbox/api/executor/executor_dialect.h"

#include "sandbox/service/workers.h"
#include "tests/fakes/fake_executor.h"
#include "tests/unit/runtime/server/server_fakes.h"

#include <gmock/gmock.h>

#include <memory>
#include <string>

namespace openfc::sandbox {
namespace {

using openfc::testing::FakeExecutor;

class ExecutorDialectTest : public ::testing::Test {
 protected:
  http::Response Ask(RequestText text) {
    const auto line = std::make_shared<FakeLine>();
    dialect_->Handle(MakeRequest(text), http::Responder(line, 0));
    return line->answer.value_or(http::Response{.status = 0});
  }

  FakeExecutor executor_;
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

}  // namespace
}  // namespace openfc::sandbox
