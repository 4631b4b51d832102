#include "emulator/platform/function_logs.h"

#include "emulator/state/log_file_name.h"
#include "emulator/state/log_line.h"

#include <filesystem>
#include <system_error>

namespace openfc::emulator {
namespace {

constexpr std::size_t kMostLine = 32UL * 1024;  // A longer one counts as several.

}  // namespace

void FunctionLogs::Add(const std::string& function, const std::string& instance,
                       std::string_view bytes, std::chrono::system_clock::time_point now) {
  if (folder_.empty()) return;
  const std::string time = WriteLogTime(now);
  std::string& partial = partial_[instance];
  std::string lines;
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    const bool is_whole = newline != std::string_view::npos;
    partial.append(bytes.substr(0, newline));
    bytes.remove_prefix(is_whole ? newline + 1 : bytes.size());
    if (!is_whole && partial.size() < kMostLine) break;
    AppendLogLine({.time = time, .instance = instance, .text = partial}, lines);
    partial.clear();
  }
  if (!lines.empty()) FileOf(function).Append(lines);
}

void FunctionLogs::End(const std::string& function, const std::string& instance,
                       std::chrono::system_clock::time_point now) {
  const auto found = partial_.find(instance);
  if (found == partial_.end()) return;
  if (!found->second.empty()) Add(function, instance, "\n", now);
  partial_.erase(instance);
}

RotatedFile& FunctionLogs::FileOf(const std::string& function) {
  const auto found = files_.find(function);
  if (found != files_.end()) return found->second;
  std::error_code ignored;  // The file's own error says it.
  std::filesystem::create_directories(folder_, ignored);
  return files_.try_emplace(function, folder_ + "/" + LogFileNameOf(function), limits_)
      .first->second;
}

}  // namespace openfc::emulator
