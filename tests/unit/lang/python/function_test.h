#pragma once

#include "lang/python/interpreter/gil.h"
#include "lang/python/interpreter/interpreter.h"
#include "lang/python/python_handler.h"
#include "tests/fakes/fake_reply.h"

#include <Python.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace openfc::python {

/// A Python function in a code folder of its own. The interpreter is this process's: it starts with
/// the first test, and each test finds its folder at the head of sys.path, no module of an earlier
/// one's, and the root logger bare.
class FunctionTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const auto interpreter =
        Interpreter::Start({.path_front = {"(the code folder)"}, .argv0 = "bootstrap"});
    ASSERT_TRUE(interpreter.has_value()) << interpreter.error().message;
  }

  void SetUp() override {
    std::string folder = (std::filesystem::temp_directory_path() / "openfc-code-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    code_ = folder;
    RunPython(
        "import logging, sys\n"
        "logging.getLogger().handlers.clear()\n"
        "for name in [n for n, m in sys.modules.items()\n"
        "             if '/openfc-code-' in str(getattr(m, '__file__', ''))]:\n"
        "    del sys.modules[name]\n"
        "sys.path[0] = '" +
        folder + "'\n");
    options_.code_path = folder;
  }

  void TearDown() override { std::filesystem::remove_all(code_); }

  static void RunPython(const std::string& text) {
    const Gil gil;
    ASSERT_EQ(PyRun_SimpleString(text.c_str()), 0) << text;
  }

  void Write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((code_ / name).parent_path());
    std::ofstream(code_ / name) << text;
  }

  /// The outcome of one invocation, by a handler that lives as long as the test.
  Outcome Invoke(Invocation invocation) {
    testing::ReplyRecord record;
    handler().Handle(std::move(invocation), testing::MakeFakeReply(record));
    EXPECT_TRUE(record.sent.has_value());
    return record.sent.value_or(Failure{.type = "nothing was sent", .document = {}});
  }
  Outcome Invoke(const std::string& handler = "index.handler", std::string event = {}) {
    Invocation invocation;
    invocation.request_id = "r-1";
    invocation.function.handler = handler;
    invocation.body = std::move(event);
    return Invoke(std::move(invocation));
  }

  /// What `text`, as index.py, answers; a failure's document when it fails.
  std::string Answer(std::string_view text, const std::string& event = {}) {
    Write("index.py", text);
    return TextOf(Invoke("index.handler", event));
  }

  TemplateHandler& handler() {
    if (!handler_) handler_ = *MakePythonHandler(options_);
    return *handler_;
  }

  static std::string TextOf(const Outcome& outcome) {
    if (const auto* failure = std::get_if<Failure>(&outcome)) return failure->document;
    return std::get<Response>(outcome).body;
  }
  static std::string TypeOf(const Outcome& outcome) {
    const auto* failure = std::get_if<Failure>(&outcome);
    return failure != nullptr ? failure->type : "no failure";
  }

  std::filesystem::path code_;
  PythonOptions options_;

 private:
  std::unique_ptr<TemplateHandler> handler_;
};

}  // namespace openfc::python
