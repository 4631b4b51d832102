#pragma once

#include "tests/fakes/program.h"
#include "tests/fakes/temp_dir.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace openfc::testing {

/// What an invocation left behind.
struct Invoked {
  int exit_code = -1;
  int signal = 0;
  std::string out;
  std::string err;
  std::vector<pid_t> survivors;  // Processes of its family that still run.

  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

/// Runs the real fclocal, in an empty folder, with a runtime that does what the event says.
class FclocalTest : public ::testing::Test {
 protected:
  using Words = std::vector<std::string>;

  static std::string FakeRuntime() {
    return OPENFC_SOURCE_DIR "/tests/integration/fclocal/fake_runtime.py";
  }

  std::unique_ptr<Program> StartProgram(const std::string& program, const Words& arguments) {
    return std::make_unique<Program>(program, ProgramOptions{.arguments = arguments,
                                                             .environment = environment_,
                                                             .folder = folder_.path(),
                                                             .input = input_,
                                                             .descriptors = {}});
  }

  std::unique_ptr<Program> Start(Words arguments) {
    arguments.insert(arguments.begin(), "invoke");
    return StartProgram("fclocal", arguments);
  }

  static Invoked AwaitEnd(Program& program) {
    const auto end = program.AwaitEnd();
    if (!end) throw std::runtime_error("fclocal does not end:\n" + program.output().joined());
    return {.exit_code = end->exit_code,
            .signal = end->signal,
            .out = program.output().out(),
            .err = program.output().err(),
            .survivors = program.Family()};
  }

  /// `fclocal invoke ARGUMENTS...` to its end.
  Invoked Run(const Words& arguments) {
    const auto program = Start(arguments);
    return AwaitEnd(*program);
  }

  /// `fclocal WORDS...` to its end.
  Invoked RunCommand(const Words& words) {
    const auto program = StartProgram("fclocal", words);
    return AwaitEnd(*program);
  }

  /// `fclocal invoke` with the fake runtime and a code folder.
  Words WithFake(const Words& arguments) const {
    Words all = {"--bootstrap", FakeRuntime(), "--code", folder_.path().string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
  }
  Invoked RunFake(const Words& arguments) { return Run(WithFake(arguments)); }

  TempDir folder_;
  std::map<std::string, std::string> environment_;
  std::string input_;
};

}  // namespace openfc::testing
