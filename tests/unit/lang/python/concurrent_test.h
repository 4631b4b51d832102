#pragma once

#include "tests/unit/lang/python/function_test.h"

#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace openfc::python {

/// A function with up to eight invocations at once, each in a thread of its own.
class ConcurrentTest : public FunctionTest {
 protected:
  void SetUp() override {
    FunctionTest::SetUp();
    options_.concurrent_limit = 8;
    RunPython(
        "import sys; from io import TextIOWrapper as T\n"
        "sys.stdout = sys.__stdout__ = T(open(1, 'wb', 0, closefd=False), 'utf-8',\n"
        "    'surrogateescape', write_through=True)\n");
  }

  /// The answers to one invocation per event, r-1, r-2, ..., all at once, in the order of `events`.
  std::vector<std::string> AnswerAll(const std::vector<std::string>& events,
                                     const std::string& handler = "index.handler") {
    auto python = MakeHandler();
    return AnswerAll(*python, events, handler);
  }

  std::vector<std::string> AnswerAll(Handler& python, const std::vector<std::string>& events,
                                     const std::string& handler = "index.handler") {
    std::vector<testing::ReplyRecord> records(events.size());
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < events.size(); ++i) {
        threads.emplace_back([&, i] {
          python.Handle(MakeInvocation(i, events[i], handler), testing::MakeFakeReply(records[i]));
        });
      }
    }
    std::vector<std::string> answers;
    for (const auto& record : records) {
      answers.push_back(record.sent ? TextOf(*record.sent) : "nothing was sent");
    }
    return answers;
  }

  std::unique_ptr<TemplateHandler> MakeHandler() const {
    return MakePythonHandler(options_).value();
  }

  static Invocation MakeInvocation(std::size_t number, const std::string& event,
                                   const std::string& handler = "index.handler") {
    Invocation invocation;
    invocation.request_id = "r-" + std::to_string(number + 1);
    invocation.function.handler = handler;
    invocation.body = event;
    return invocation;
  }

  template <typename Action>
  static std::string OutputOf(Action&& action) {
    ::testing::internal::CaptureStdout();
    std::forward<Action>(action)();
    return ::testing::internal::GetCapturedStdout();
  }
};

}  // namespace openfc::python
