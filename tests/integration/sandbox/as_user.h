#pragma once

#include "tests/fakes/program.h"
#include "tests/fakes/programs.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openfc::testing {

enum class RunAs { kSelf, kOrdinaryUser };

inline constexpr uid_t kOrdinaryUser = 65534;

/// A folder of one test that an ordinary user may use, and may reach.
class OpenFolder {
 public:
  OpenFolder() {
    std::string path = "/tmp/openfc-sandbox-XXXXXX";
    path_ = ::mkdtemp(path.data());
    (void)::chmod(path_.c_str(), 0711);
  }
  OpenFolder(const OpenFolder&) = delete;
  OpenFolder& operator=(const OpenFolder&) = delete;
  ~OpenFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }

  /// A folder in it that belongs to whoever the program runs as.
  std::string StateOf(RunAs user) const {
    const std::string state = (path_ / "state").string();
    std::filesystem::create_directories(state);
    if (user == RunAs::kOrdinaryUser) (void)!::chown(state.c_str(), kOrdinaryUser, kOrdinaryUser);
    return state;
  }

 private:
  std::filesystem::path path_;
};

/// Starts fcsandbox from a copy in `folder`, since an ordinary user may not be able to reach the
/// build's.
inline std::unique_ptr<Program> StartSandbox(const OpenFolder& folder, RunAs user,
                                             std::vector<std::string> arguments) {
  for (const char* name : {"fcsandbox", "fcsandbox-zygote"}) {
    const auto copy = folder.path() / name;
    if (!std::filesystem::exists(copy) && std::filesystem::exists(ProgramPath(name))) {
      std::filesystem::copy_file(ProgramPath(name), copy);
    }
  }
  std::string program = (folder.path() / "fcsandbox").string();
  ProgramOptions options;
  options.arguments = std::move(arguments);
  if (user == RunAs::kOrdinaryUser) {
    options.arguments.insert(options.arguments.begin(),
                             {"--reuid=65534", "--regid=65534", "--clear-groups", program});
    program = "/usr/bin/setpriv";
  }
  return std::make_unique<Program>(program, options);
}

}  // namespace openfc::testing
