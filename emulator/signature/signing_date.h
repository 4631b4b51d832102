#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace openfc::emulator {

/// The header Date: `Sun, 29 Nov 2026 03:04:05 GMT`. Nothing for any other form.
std::optional<std::chrono::sys_seconds> ParseHttpDate(std::string_view text);

/// The header x-acs-date: `2026-11-29T03:04:05Z`. Nothing for any other form.
std::optional<std::chrono::sys_seconds> ParseAcsDate(std::string_view text);

}  // namespace openfc::emulator
