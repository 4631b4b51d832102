#include "emulator/dependencies/requirements.h"

#include "emulator/dependencies/code_folder.h"
#include "emulator/digest/sha256.h"

#include <array>
#include <filesystem>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

constexpr auto kIncluding =
    std::to_array<std::string_view>({"-r", "--requirement", "-c", "--constraint"});

/// The file that a line includes; empty: none. `-r file`, `-rfile`, `--requirement=file`.
std::string IncludedBy(const std::string& line) {
  for (const std::string_view option : kIncluding) {
    if (!line.starts_with(option)) continue;
    std::string_view rest = line;
    rest.remove_prefix(option.size());
    if (option.starts_with("--") && !rest.empty() && rest.front() != ' ' && rest.front() != '=') {
      continue;
    }
    const auto first = rest.find_first_not_of(" \t=");
    if (first == std::string_view::npos) return {};
    rest.remove_prefix(first);
    return std::string(rest.substr(0, rest.find_first_of(" \t\r")));
  }
  return {};
}

bool IsOption(const std::string& line) {
  if (!line.starts_with('-')) return false;
  return !line.starts_with("-e") && !line.starts_with("--editable") &&
         !line.starts_with("--require-hashes");
}

/// Reads one file after the other, each once.
class Reader {
 public:
  Status Add(const fs::path& file) {
    if (!seen_.insert(file.string()).second) return Ok();
    const auto text = ReadWhole(file.string());
    if (!text) return text.error();
    digest_.Add(std::to_string(text->size()) + " ");
    digest_.Add(*text);
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
      if (const Status added = AddLine(line, file); !added) return added.error();
    }
    return Ok();
  }

  Requirements Take() { return {.digest = digest_.HexDigest(), .options = std::move(options_)}; }

 private:
  Status AddLine(const std::string& line, const fs::path& file) {
    const std::string included = IncludedBy(line);
    if (included.empty()) {
      if (IsOption(line)) options_.append(line).append("\n");
      return Ok();
    }
    if (included.find("://") != std::string::npos) return Ok();  // Somewhere else: pip's affair.
    return Add((file.parent_path() / included).lexically_normal());
  }

  std::set<std::string> seen_;
  Sha256 digest_;
  std::string options_;
};

}  // namespace

Expected<Requirements> ReadRequirements(const std::string& file) {
  Reader reader;
  if (const Status read = reader.Add(fs::path(file).lexically_normal()); !read) {
    return read.error();
  }
  return reader.Take();
}

}  // namespace openfc::emulator
