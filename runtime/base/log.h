#pragma once

#include <spdlog/spdlog.h>

#include <string>
#include <string_view>
#include <utility>

namespace openfc {

/// Our own log: one line per event, `event key=value ...`, the request id always, a payload or a
/// credential never. error = someone must act, warn = we recovered, info = one line per invocation,
/// debug = the rest.
struct LogOptions {
  std::string program;  // Stands in front of each line.
  spdlog::level::level_enum level = spdlog::level::info;
  int frame_fd = -1;  // -1: lines on stderr. Else: framed records on this descriptor (FrameRecord).
};

/// Once, early in main, before any thread. Until then lines go to stderr in spdlog's own form.
/// `frame_fd` is borrowed and must stay open.
void InitLog(const LogOptions& options);

/// One record of FC's framed log (fc-runtime-api.md, section 6): `ed db ac 9b`, the length of what
/// follows as 4 bytes big-endian, the text. A text over 128 KiB is cut to that size, its last byte
/// then a newline.
std::string FrameRecord(std::string_view text);

template <typename... Args>
void LogError(spdlog::format_string_t<Args...> format, Args&&... args) {
  spdlog::error(format, std::forward<Args>(args)...);
}
template <typename... Args>
void LogWarn(spdlog::format_string_t<Args...> format, Args&&... args) {
  spdlog::warn(format, std::forward<Args>(args)...);
}
template <typename... Args>
void LogInfo(spdlog::format_string_t<Args...> format, Args&&... args) {
  spdlog::info(format, std::forward<Args>(args)...);
}
template <typename... Args>
void LogDebug(spdlog::format_string_t<Args...> format, Args&&... args) {
  spdlog::debug(format, std::forward<Args>(args)...);
}

}  // namespace openfc
