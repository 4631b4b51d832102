#pragma once

#include "runtime/base/error.h"
#include "sandbox/workspace/beneath.h"
#include "sandbox/workspace/unpack.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace openfc::sandbox {

/// Whether it is a UUID as paths have it: lower case, with its four dashes.
bool IsUuid(std::string_view text);

/// Environments: folders that commands have left, each kept as a .tgz until it expires. Any thread.
class Environments {
 public:
  using Clock = std::function<std::chrono::system_clock::time_point()>;

  struct Options {
    std::string folder;                     // Of ours alone; made when it is not there.
    std::chrono::seconds lifetime{86'400};  // From being saved.
    std::int64_t full_bytes = 1LL << 30;    // Of all; nothing more is saved beyond.
    ArchiveLimits limits = {};              // Of each.
    Clock now = &std::chrono::system_clock::now;
  };

  /// Where there cannot be such a folder, nothing can be saved.
  explicit Environments(Options options);

  /// What is there and has not expired.
  bool Has(const std::string& uuid) const { return SizeOf(uuid).has_value(); }
  std::optional<std::int64_t> SizeOf(const std::string& uuid) const;

  /// The .tgz's bytes; kInvalidArgument when there is none.
  Expected<std::string> Read(const std::string& uuid) const;

  /// A file in one, by its name there. kInvalidArgument when there is none, or no regular one.
  Expected<std::string> ReadFile(const std::string& uuid, const std::string& path) const;

  /// Whether nothing more is saved for now.
  bool IsFull() const;

  struct Saved {
    std::string uuid;
    std::chrono::system_clock::time_point expires;
  };
  /// Packs a folder. kInvalidArgument when it holds more than it may.
  Expected<Saved> Save(const Beneath& folder) const;

  /// Removes those that have expired, and what a crash has left half written.
  void RemoveExpired() const;

 private:
  std::string PathOf(const std::string& uuid) const;

  const Options options_;
};

}  // namespace openfc::sandbox
