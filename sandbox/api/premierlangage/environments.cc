#include "sandbox/api/premierlangage/environments.h"

#include "runtime/archive/archive_reader.h"
#include "runtime/base/unique_fd.h"
#include "sandbox/workspace/pack.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kUuidSize = 36;
constexpr const char* kEnding = ".tgz";
constexpr const char* kPartialEnding = ".partial";

Expected<std::string> NewUuid() {
  std::ifstream source("/proc/sys/kernel/random/uuid");
  std::string uuid;
  std::getline(source, uuid);
  if (!IsUuid(uuid)) return Error{ErrorCode::kSystem, "the kernel gives no UUID"};
  return uuid;
}

std::chrono::system_clock::time_point TimeOf(const struct stat& about) {
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(
          std::chrono::seconds(about.st_mtim.tv_sec) +
          std::chrono::nanoseconds(about.st_mtim.tv_nsec)));
}

/// All bytes of the entry at hand, up to so many.
Expected<std::string> EntryBytes(ArchiveReader& reader, std::int64_t max_bytes) {
  std::string text;
  constexpr std::size_t kPiece = std::size_t{1} << 16U;
  while (static_cast<std::int64_t>(text.size()) <= max_bytes) {
    const std::size_t before = text.size();
    text.resize(before + kPiece);
    const auto count = reader.Read(text.data() + before, kPiece);
    if (!count) return count.error();
    text.resize(before + *count);
    if (*count == 0) return text;
  }
  return Error{ErrorCode::kInvalidArgument, "the file is too long"};
}

}  // namespace

bool IsUuid(std::string_view text) {
  if (text.size() != kUuidSize) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (is_dash ? c != '-' : !is_digit) return false;
  }
  return true;
}

Environments::Environments(Options options) : options_(std::move(options)) {
  (void)::mkdir(options_.folder.c_str(), 0700);
  (void)::chmod(options_.folder.c_str(), 0700);
  RemoveExpired();
}

std::string Environments::PathOf(const std::string& uuid) const {
  return options_.folder + "/" + uuid + kEnding;
}

std::optional<std::int64_t> Environments::SizeOf(const std::string& uuid) const {
  struct stat about {};
  if (!IsUuid(uuid) || ::stat(PathOf(uuid).c_str(), &about) != 0) return std::nullopt;
  if (TimeOf(about) + options_.lifetime <= options_.now()) return std::nullopt;
  return about.st_size;
}

Expected<std::string> Environments::Read(const std::string& uuid) const {
  if (!Has(uuid)) return Error{ErrorCode::kInvalidArgument, "there is no such environment"};
  std::ifstream file(PathOf(uuid), std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file && bytes.empty()) return Error{ErrorCode::kSystem, "an environment cannot be read"};
  return bytes;
}

Expected<std::string> Environments::ReadFile(const std::string& uuid,
                                             const std::string& path) const {
  if (!Has(uuid)) return Error{ErrorCode::kInvalidArgument, "there is no such environment"};
  const auto reader = ArchiveReader::OpenTar(PathOf(uuid));
  if (!reader) return reader.error();
  while (true) {
    const auto entry = (*reader)->Next();
    if (!entry) return entry.error();
    if (!*entry) return Error{ErrorCode::kInvalidArgument, "there is no such file"};
    if ((*entry)->name == path && (*entry)->kind == EntryKind::kFile) {
      return EntryBytes(**reader, options_.limits.bytes);
    }
  }
}

bool Environments::IsFull() const {
  std::error_code failure;
  std::int64_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(options_.folder, failure)) {
    const auto size = entry.file_size(failure);
    if (!failure) bytes += static_cast<std::int64_t>(size);
  }
  return bytes >= options_.full_bytes;
}

Expected<Environments::Saved> Environments::Save(const Beneath& folder) const {
  auto uuid = NewUuid();
  if (!uuid) return uuid.error();
  const std::string partial = options_.folder + "/" + *uuid + kPartialEnding;
  const UniqueFd file(::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) return SystemError("cannot make an environment", errno);
  Status packed = PackFolder(folder, file.get(), options_.limits);
  if (packed && ::rename(partial.c_str(), PathOf(*uuid).c_str()) != 0) {
    packed = SystemError("cannot keep an environment", errno);
  }
  if (!packed) {
    ::unlink(partial.c_str());
    return packed.error();
  }
  return Saved{.uuid = *std::move(uuid), .expires = options_.now() + options_.lifetime};
}

void Environments::RemoveExpired() const {
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(options_.folder, failure)) {
    struct stat about {};
    if (::stat(entry.path().c_str(), &about) != 0) continue;
    if (TimeOf(about) + options_.lifetime <= options_.now()) ::unlink(entry.path().c_str());
  }
}

}  // namespace openfc::sandbox
