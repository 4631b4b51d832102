#include "tests/fakes/programs.h"

#include <cstdlib>
#include <filesystem>

namespace openfc::testing {
namespace {

std::string Variable(const char* name, const std::string& otherwise) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

/// Tests lie in a folder beside bin/, the soaks and benchmarks in bin/ itself.
std::string OwnBinFolder() {
  const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  return (folder.parent_path() / "bin").string();
}

std::string OwnSanitizers() {
#if defined(__SANITIZE_ADDRESS__)
  return "address";
#elif defined(__SANITIZE_THREAD__)
  return "thread";
#else
  return "";
#endif
}

}  // namespace

std::string ProgramPath(std::string_view name) {
  return Variable("OPENFC_BIN_DIR", OwnBinFolder()).append("/").append(name);
}

bool ProgramsHaveSanitizer(std::string_view sanitizer) {
  return Variable("OPENFC_SANITIZE", OwnSanitizers()).find(sanitizer) != std::string::npos;
}

}  // namespace openfc::testing
