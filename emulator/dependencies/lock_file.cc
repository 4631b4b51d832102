#include "emulator/dependencies/lock_file.h"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <utility>

namespace openfc::emulator {
namespace {

using nlohmann::json;

constexpr const char* kTitle =
    "# Made by `fclocal build` of requirements.txt: what was installed. Keep it with the code.\n";
constexpr const char* kIncomplete =
    "# Not all packages have a hash, so that these cannot be installed again as they were.\n";

std::string HeadFor(const LockedFor& made_for) {
  return std::string(kTitle) + "# python: " + made_for.python +
         "\n# requirements: sha256:" + made_for.requirements + "\n";
}

/// `sha256:0123...`; nothing where the report has none.
std::optional<std::string> HashOf(const json& download) {
  const auto archive = download.find("archive_info");
  if (archive == download.end() || !archive->is_object()) return std::nullopt;
  const auto hashes = archive->find("hashes");
  if (hashes != archive->end() && hashes->is_object() && hashes->contains("sha256")) {
    return "sha256:" + hashes->at("sha256").get<std::string>();
  }
  const auto hash = archive->find("hash");  // Older pips have this one alone: sha256=0123...
  if (hash == archive->end() || !hash->is_string()) return std::nullopt;
  std::string text = hash->get<std::string>();
  const auto equals = text.find('=');
  if (equals == std::string::npos) return std::nullopt;
  return text.replace(equals, 1, ":");
}

/// An entry's line, and whether it has a hash.
std::pair<std::string, bool> LineOf(const json& entry, const std::string& name,
                                    const std::string& version) {
  const json& download = entry.at("download_info");
  const auto hash = HashOf(download);
  if (!hash)
    return {"# " + name + "==" + version + " from " + download.at("url").get<std::string>(), false};
  const bool is_direct = entry.value("is_direct", false);
  const std::string what =
      is_direct ? name + " @ " + download.at("url").get<std::string>() : name + "==" + version;
  return {what + " --hash=" + *hash, true};
}

}  // namespace

Expected<Lock> MakeLock(const LockedFor& made_for, const std::string& options,
                        const std::string& report) {
  Lock lock{.text = HeadFor(made_for), .packages = {}};
  try {
    std::map<std::string, std::string> lines;
    bool is_complete = true;
    const json document = json::parse(report);
    for (const json& entry : document.at("install")) {
      const json& metadata = entry.at("metadata");
      const auto name = metadata.at("name").get<std::string>();
      const auto version = metadata.at("version").get<std::string>();
      auto [line, has_hash] = LineOf(entry, name, version);
      is_complete = is_complete && has_hash;
      lines.emplace(std::string(name).append(" ").append(version), std::move(line));
    }
    if (!is_complete) lock.text += kIncomplete;
    lock.text += options;
    for (const auto& [package, line] : lines) {
      lock.packages.push_back(package);
      lock.text += line + "\n";
    }
  } catch (const json::exception& error) {
    return Error{ErrorCode::kProtocol,
                 std::string("pip's report on what it installed is unusual: ") + error.what()};
  }
  return lock;
}

bool IsLockFor(const std::string& text, const LockedFor& wanted) {
  return text.starts_with(HeadFor(wanted));
}

bool IsComplete(const std::string& text) { return text.find(kIncomplete) == std::string::npos; }

}  // namespace openfc::emulator
