#pragma once

#include "emulator/package/folder_cache.h"
#include "emulator/package/unpack.h"
#include "runtime/base/error.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace openfc::emulator {

/// What a jar is to its function.
enum class JarUse {
  kUnpack,  // Its classes lie in /code, as Java's own runtimes want it.
  kAsFile,  // It lies in /code itself, as `java -jar` of a custom runtime wants it.
};

/// By the start command, as the platform's own tool decides it.
JarUse JarUseOf(std::string_view start_command);

/// Code packages and layers as folders. What has to be unpacked or joined is so once, in a folder
/// of the cache that all instances share: what one of them writes there, the others see.
class PackageStore {
 public:
  explicit PackageStore(std::string cache_folder, UnpackLimits limits = {})
      : cache_(std::move(cache_folder)), limits_(limits) {}

  /// The folder with the code: `path` itself when it is one; otherwise that of the zip, jar or war,
  /// by its content. Sentences for what is none of these, or cannot be unpacked.
  Expected<std::string> CodeFolder(const std::string& path, JarUse jar = JarUse::kUnpack) const;

  /// What is to stand at /opt: the layers, folders or zips, joined; of two files with the same path
  /// the one of the layer that is listed first counts. Nothing without layers. One folder alone is
  /// itself.
  Expected<std::optional<std::string>> LayerFolder(std::span<const std::string> layers) const;

 private:
  Expected<std::string> UnpackedFolder(const std::string& archive) const;
  Expected<std::string> FolderOfFile(const std::string& file) const;

  const FolderCache cache_;
  const UnpackLimits limits_;
};

}  // namespace openfc::emulator
