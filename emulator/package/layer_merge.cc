#include "emulator/package/layer_merge.h"

#include "emulator/digest/sha256.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

Error CannotRead(const std::string& path, const std::error_code& error) {
  return SystemError("cannot read '" + path + "'", error.value());
}

Status CopyEntry(const fs::path& from, const fs::path& to);

Status CopyFolder(const fs::path& from, const fs::path& to) {
  std::error_code error;
  for (fs::directory_iterator entry(from, error), end; !error && entry != end;
       entry.increment(error)) {
    const Status copied = CopyEntry(entry->path(), to / entry->path().filename());
    if (!copied) return copied.error();
  }
  if (error) return CannotRead(from.string(), error);
  return Ok();
}

/// What is there already stays; only two folders are joined.
Status CopyEntry(const fs::path& from, const fs::path& to) {
  std::error_code error;
  const auto kind = fs::symlink_status(from, error).type();
  const auto there = fs::symlink_status(to, error).type();
  const bool is_free = there == fs::file_type::not_found;
  if (kind == fs::file_type::directory) {
    if (!is_free && there != fs::file_type::directory) return Ok();
    if (is_free && !fs::create_directory(to, from, error)) {
      return SystemError("cannot make '" + to.string() + "'", error.value());
    }
    return CopyFolder(from, to);
  }
  if (!is_free) return Ok();
  if (kind == fs::file_type::symlink) {
    fs::copy_symlink(from, to, error);
  } else if (kind == fs::file_type::regular) {
    fs::copy_file(from, to, error);
  } else {
    return Ok();  // A socket or device: no layer has one.
  }
  if (error) return SystemError("cannot copy '" + from.string() + "'", error.value());
  return Ok();
}

}  // namespace

Status MergeFolders(std::span<const std::string> folders, const std::string& target) {
  for (const std::string& folder : folders) {
    if (const Status copied = CopyFolder(folder, target); !copied) return copied.error();
  }
  return Ok();
}

Expected<std::string> FingerprintOf(const std::string& folder) {
  std::vector<std::string> lines;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    struct stat status {};
    if (::lstat(entry->path().c_str(), &status) != 0) continue;  // Gone in between.
    const bool is_folder = S_ISDIR(status.st_mode);              // Its times change with its files.
    std::string line = entry->path().lexically_relative(folder).string();
    line.push_back('\0');
    for (const auto number :
         {static_cast<std::int64_t>(status.st_mode), is_folder ? 0 : status.st_size,
          is_folder ? 0 : status.st_mtim.tv_sec, is_folder ? 0 : status.st_mtim.tv_nsec}) {
      line.append(std::to_string(number)).push_back(' ');
    }
    lines.push_back(std::move(line));
  }
  if (error) return CannotRead(folder, error);
  std::sort(lines.begin(), lines.end());
  Sha256 digest;
  for (const std::string& line : lines) digest.Add(line);
  return digest.HexDigest();
}

}  // namespace openfc::emulator
