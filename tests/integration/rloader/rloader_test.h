#pragma once

#include "tests/fakes/limit.h"
#include "tests/fakes/platform.h"
#include "tests/fakes/program.h"
#include "tests/fakes/programs.h"
#include "tests/fakes/temp_dir.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace openfc::testing {

inline constexpr const char* kInitError = "/2020-11-11/runtime/init/error";

/// The error JSON of a post.
inline nlohmann::json DocumentOf(const Request& post) { return nlohmann::json::parse(post.body); }
inline std::string TypeOf(const Request& post) { return DocumentOf(post)["errorType"]; }
inline std::string MessageOf(const Request& post) { return DocumentOf(post)["errorMessage"]; }

/// OPENFC_STACKS_MS of a test that asks for stacks: time enough for them on a busy machine.
inline constexpr const char* kStacksTime = "20000";

inline ProgramOptions WithArguments(const std::vector<std::string>& arguments) {
  ProgramOptions options;
  options.arguments = arguments;
  return options;
}

/// The real rloader between a stand-in platform and a runtime that follows a script
/// (fake_runtime.cc has the words).
class RloaderTest : public ::testing::Test {
 protected:
  using Environment = std::map<std::string, std::string>;

  static std::string FakeRuntime() { return ProgramPath("fake_runtime"); }

  ProgramOptions Options(const std::string& script, const std::vector<std::string>& arguments = {},
                         const Environment& environment = {}) {
    ProgramOptions options;
    options.arguments = {"--bootstrap", FakeRuntime()};
    options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
    options.environment = {{"FC_RUNTIME_API", platform_.address()},
                           {"FAKE_SCRIPT", script},
                           {"FAKE_STARTS", (folder_.path() / "starts").string()}};
    for (const auto& [name, value] : environment) options.environment[name] = value;
    return options;
  }

  Program& Start(const std::string& script, const std::vector<std::string>& arguments = {},
                 const Environment& environment = {}) {
    return rloader_.emplace("rloader", Options(script, arguments, environment));
  }

  /// How often the runtime was started.
  std::size_t Starts() const { return std::filesystem::file_size(folder_.path() / "starts"); }

  bool AwaitText(const std::string& text) { return rloader_->output().Await(text); }
  std::string Out() { return rloader_->output().out(); }
  std::string Err() { return rloader_->output().err(); }

  /// rloader ends with that code, and nothing that it started outlives it.
  void ExpectEnd(int exit_code) {
    EXPECT_EQ(rloader_->AwaitEnd(), (ProgramEnd{.exit_code = exit_code, .signal = 0})) << Err();
    EXPECT_THAT(rloader_->Family(), ::testing::IsEmpty());
  }

  /// The one post for an invocation; a failure, and an empty one, when it did not come.
  Request PostFor(const std::string& id) {
    const auto post = platform_.AwaitPostFor(id);
    EXPECT_TRUE(post) << "no post for " << id << "\n" << Err();
    if (post) return *post;
    Request none;
    none.body = R"({"errorType": "", "errorMessage": ""})";
    return none;
  }

  TempDir folder_;
  Platform platform_;
  std::optional<Program> rloader_;
};

/// Blocks until that process, whoever its parent is, has ended.
inline bool AwaitEndOf(pid_t pid) {
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!process.is_open()) return true;
  pollfd entry{.fd = process.get(), .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, std::chrono::milliseconds(kLimit).count()) == 1;
}

/// The number after `word` in a program's output.
inline int NumberAfter(const std::string& text, const std::string& word) {
  return std::stoi(text.substr(text.find(word) + word.size()));
}

}  // namespace openfc::testing
