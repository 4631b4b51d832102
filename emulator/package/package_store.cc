#include "emulator/package/package_store.h"

#include "emulator/digest/sha256.h"
#include "emulator/package/layer_merge.h"
#include "runtime/base/unique_fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

bool HasEnding(const std::string& path, std::string_view ending) {
  const std::string found = fs::path(path).extension().string();
  return std::equal(found.begin(), found.end(), ending.begin(), ending.end(),
                    [](char left, char right) {
                      return (left >= 'A' && left <= 'Z' ? left - 'A' + 'a' : left) == right;
                    });
}

Expected<std::string> DigestOfFile(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return SystemError("cannot open '" + path + "'", errno);
  Sha256 digest;
  std::vector<char> buffer(std::size_t{1} << 17U);
  while (true) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemError("cannot read '" + path + "'", errno);
    if (count == 0) return digest.HexDigest();
    digest.Add({buffer.data(), static_cast<std::size_t>(count)});
  }
}

}  // namespace

JarUse JarUseOf(std::string_view start_command) {
  return start_command.find("java -jar") == std::string_view::npos ? JarUse::kUnpack
                                                                   : JarUse::kAsFile;
}

Expected<std::string> PackageStore::CodeFolder(const std::string& path, JarUse jar) const {
  std::error_code error;
  const auto kind = fs::status(path, error).type();
  if (kind == fs::file_type::directory) return path;
  if (kind == fs::file_type::not_found) {
    return Error{ErrorCode::kInvalidArgument, "there is no code at '" + path + "'"};
  }
  const bool is_jar = HasEnding(path, ".jar");
  if (is_jar && jar == JarUse::kAsFile) return FolderOfFile(path);
  if (is_jar || HasEnding(path, ".zip") || HasEnding(path, ".war")) return UnpackedFolder(path);
  return Error{ErrorCode::kInvalidArgument,
               "'" + path + "' is no code: a folder is, or a .zip, .jar or .war"};
}

Expected<std::string> PackageStore::UnpackedFolder(const std::string& archive) const {
  const auto digest = DigestOfFile(archive);
  if (!digest) return digest.error();
  return cache_.FolderFor("zip-" + *digest, [&](const std::string& folder) {
    return Unpack(archive, folder, limits_);
  });
}

Expected<std::string> PackageStore::FolderOfFile(const std::string& file) const {
  const auto digest = DigestOfFile(file);
  if (!digest) return digest.error();
  const std::string name = fs::path(file).filename().string();
  return cache_.FolderFor("file-" + Sha256Hex(*digest + name), [&](const std::string& folder) {
    std::error_code error;
    fs::copy_file(file, fs::path(folder) / name, error);
    return error ? Status(SystemError("cannot copy '" + file + "'", error.value())) : Ok();
  });
}

Expected<std::optional<std::string>> PackageStore::LayerFolder(
    std::span<const std::string> layers) const {
  std::vector<std::string> folders;
  for (const std::string& layer : layers) {
    auto folder = CodeFolder(layer);
    if (!folder) {
      return Error{folder.error().code, "layer '" + layer + "': " + folder.error().message};
    }
    folders.push_back(*std::move(folder));
  }
  if (folders.empty()) return std::optional<std::string>();
  if (folders.size() == 1) return std::optional(std::move(folders.front()));
  std::string prints;
  for (const std::string& folder : folders) {
    const auto print = FingerprintOf(folder);
    if (!print) return print.error();
    prints.append(*print).append("\n");
  }
  auto merged = cache_.FolderFor("layers-" + Sha256Hex(prints), [&](const std::string& folder) {
    return MergeFolders(folders, folder);
  });
  if (!merged) return merged.error();
  return std::optional(*std::move(merged));
}

}  // namespace openfc::emulator
