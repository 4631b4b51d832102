#include "bootstrap/rloader/stack_text.h"

#include <signal.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace openfc::bootstrap {
namespace {

constexpr std::string_view kFatal = "Fatal Python error: ";
constexpr std::string_view kOwnFrames = "<openfc ";
constexpr std::size_t kMostThreads = 1000;
constexpr std::size_t kMostFrames = 200;  // faulthandler itself stops at 100.

/// Cuts the next whole line off the front; nothing when there is none.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// faulthandler writes ASCII and escapes the rest.
bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// `Current thread 0x00007f0000000001 (most recent call first):`
std::optional<ThreadStack> ParseThreadLine(std::string_view line) {
  constexpr int kHexadecimal = 16;
  ThreadStack stack;
  stack.is_current = TakePrefix(line, "Current thread 0x");
  if (!stack.is_current && !TakePrefix(line, "Thread 0x")) return std::nullopt;
  const char* const last = line.data() + line.size();
  const auto [end, error] = std::from_chars(line.data(), last, stack.thread, kHexadecimal);
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  if (error != std::errc() || line != " (most recent call first):") return std::nullopt;
  return stack;
}

std::string_view Stripped(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// A frame's line as section 4 shows it: split at the commas. The source is not read: rloader opens
/// no file that user code names.
std::vector<std::string> FrameEntry(std::string_view line) {
  std::vector<std::string> entry;
  while (true) {
    const auto comma = line.find(',');
    entry.emplace_back(Stripped(line.substr(0, comma)));
    if (comma == std::string_view::npos) break;
    line.remove_prefix(comma + 1);
  }
  entry.emplace_back("");
  return entry;
}

struct FrameLine {
  bool is_own = false;
  std::vector<std::string> entry;
};

/// `  File "/code/index.py", line 3 in handler`
std::optional<FrameLine> ParseFrameLine(std::string_view line) {
  constexpr std::string_view kLine = "\", line ";
  constexpr std::string_view kIn = " in ";
  if (!IsPlain(line) || !TakePrefix(line, "  File \"")) return std::nullopt;
  const auto file_end = line.rfind(kLine);
  if (file_end == std::string_view::npos) return std::nullopt;
  const std::string_view file = line.substr(0, file_end);
  const std::string_view place = line.substr(file_end + kLine.size());
  const auto number_end = place.find(kIn);
  if (number_end == std::string_view::npos) return std::nullopt;
  const std::string_view number = place.substr(0, number_end);
  const bool is_number =
      !number.empty() && number.find_first_not_of("0123456789?") == std::string_view::npos;
  const std::string_view function = place.substr(number_end + kIn.size());
  if (!is_number || function.empty()) return std::nullopt;
  const std::string shown = std::string("File \"")
                                .append(file)
                                .append("\", line ")
                                .append(number)
                                .append(", in ")
                                .append(function);
  return FrameLine{.is_own = file.starts_with(kOwnFrames), .entry = FrameEntry(shown)};
}

/// From the last fatal error on, if there is one at all.
std::string_view LastDump(std::string_view text) {
  const auto found = text.rfind(kFatal);
  const bool begins_a_line =
      found == 0 || (found != std::string_view::npos && text[found - 1] == '\n');
  return begins_a_line ? text.substr(found) : text;
}

/// The frames below a thread's line, up to the first line that is none.
wire::Stack TakeFrames(std::string_view& text) {
  wire::Stack frames;
  (void)TakePrefix(text, "  Garbage-collecting\n");
  while (text.starts_with("  ")) {
    std::string_view rest = text;
    const auto line = TakeLine(rest);
    const auto frame = line ? ParseFrameLine(*line) : std::nullopt;
    if (!frame || frames.size() >= kMostFrames) break;
    if (!frame->is_own) frames.push_back(frame->entry);
    text = rest;
  }
  std::reverse(frames.begin(), frames.end());
  return frames;
}

}  // namespace

StackDump ParseStacks(std::string_view text) {
  StackDump dump;
  text = LastDump(text);
  while (const auto line = TakeLine(text)) {
    std::string_view rest = *line;
    if (TakePrefix(rest, kFatal) && IsPlain(rest)) dump.fatal = rest;
    auto stack = ParseThreadLine(*line);
    if (!stack || dump.threads.size() >= kMostThreads) continue;
    stack->frames = TakeFrames(text);
    dump.threads.push_back(*std::move(stack));
  }
  return dump;
}

const ThreadStack* FindThread(const StackDump& dump, std::uint64_t thread) {
  const auto found = std::find_if(dump.threads.begin(), dump.threads.end(),
                                  [&](const ThreadStack& each) { return each.thread == thread; });
  return thread != 0 && found != dump.threads.end() ? &*found : nullptr;
}

wire::Stack BestStack(const StackDump& dump, std::uint64_t thread) {
  const ThreadStack* const own = FindThread(dump, thread);
  if (own != nullptr && !own->frames.empty()) return own->frames;
  for (const ThreadStack& each : dump.threads) {
    if (each.is_current && !each.frames.empty()) return each.frames;
  }
  // The oldest first: the main thread, if it runs any Python.
  const auto found = std::find_if(dump.threads.rbegin(), dump.threads.rend(),
                                  [](const ThreadStack& each) { return !each.frames.empty(); });
  return found != dump.threads.rend() ? found->frames : wire::Stack();
}

bool IsDeathOf(const StackDump& dump, int signal) {
  struct Fault {
    int signal;
    std::string_view words;
  };
  constexpr auto kFaults = std::to_array<Fault>({{SIGSEGV, "Segmentation fault"},
                                                 {SIGFPE, "Floating"},
                                                 {SIGABRT, "Aborted"},
                                                 {SIGBUS, "Bus error"},
                                                 {SIGILL, "Illegal instruction"}});
  return std::any_of(kFaults.begin(), kFaults.end(), [&](const Fault& fault) {
    return fault.signal == signal && dump.fatal.starts_with(fault.words);
  });
}

}  // namespace openfc::bootstrap
