#include "emulator/commands/code_checksum.h"

#include "emulator/digest/crc64.h"
#include "emulator/watch/ignored_names.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <vector>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostBytes = std::uintmax_t{64} << 20U;
constexpr std::size_t kPieceBytes = std::size_t{1} << 17U;

/// False when it cannot be read.
bool AddFile(const fs::path& path, Crc64& sum) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> piece(kPieceBytes);
  while (file.good()) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    sum.Add({piece.data(), static_cast<std::size_t>(file.gcount())});
  }
  return file.eof();
}

/// The code below `folder`, in order; nothing when it is too much, or cannot be read.
std::optional<std::vector<fs::path>> FilesOf(const fs::path& folder) {
  std::vector<fs::path> files;
  std::uintmax_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (IsIgnoredName(entry->path().filename().string())) {
      entry.disable_recursion_pending();
      continue;
    }
    std::error_code gone;
    if (!entry->is_regular_file(gone)) continue;
    bytes += entry->file_size(gone);
    if (bytes > kMostBytes) return std::nullopt;
    files.push_back(entry->path());
  }
  if (error) return std::nullopt;
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string CodeChecksum(const std::string& source) {
  std::error_code error;
  Crc64 sum;
  if (!fs::is_directory(source, error)) {
    const bool is_small = fs::file_size(source, error) <= kMostBytes && !error;
    return is_small && AddFile(source, sum) ? std::to_string(sum.value()) : std::string();
  }
  const auto files = FilesOf(source);
  if (!files) return {};
  for (const fs::path& file : *files) {
    sum.Add(file.lexically_relative(source).string() + '\0');
    if (!AddFile(file, sum)) return {};
    sum.Add(std::string(1, '\0'));
  }
  return std::to_string(sum.value());
}

}  // namespace openfc::emulator
