#pragma once

#include "tests/fakes/platform.h"
#include "tests/fakes/program.h"
#include "tests/fakes/temp_dir.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace openfc::testing {

using Files = std::map<std::string, std::string>;
using Variables = std::map<std::string, std::string>;

/// One function instance under test: a folder with the function's code, the platform, and the real
/// bootstrap between them, which is killed at the end.
class Instance {
 public:
  explicit Instance(const Files& files);

  Platform& platform() { return platform_; }
  const std::filesystem::path& code() const { return code_; }
  void WriteFile(const std::string& name, const std::string& text) const;
  /// Nothing when there is no such file.
  std::optional<std::string> ReadFile(const std::string& name) const;

  /// `variables` come on top of FC_RUNTIME_API and FC_FUNC_CODE_PATH; an empty value takes one of
  /// those away.
  Program& Start(const Variables& variables = {},
                 const std::vector<std::pair<int, int>>& descriptors = {});
  Program& program() { return *program_; }

  /// Hands out the next invocation, r-1, r-2, ..., and waits for its post.
  std::optional<Request> Invoke(const std::string& event = {}, const HeaderPairs& headers = {});

  /// Hands it out, and does not wait. Answers its id.
  std::string Offer(const std::string& event = {}, const HeaderPairs& headers = {});

  /// In a text of the table: {CODE} is the function's folder.
  std::string Expand(std::string text) const;

  /// What the program wrote to stdout so far, each time of day as {TIME}.
  std::string Log() const;

 private:
  TempDir folder_;
  std::filesystem::path code_;
  Platform platform_;
  std::optional<Program> program_;
  int offered_ = 0;
};

/// Every `from` in `text` as `to`.
std::string Replace(std::string text, const std::string& from, const std::string& to);

}  // namespace openfc::testing
