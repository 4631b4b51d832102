#pragma once

#include "sandbox/executor/run.h"

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

/// What the engine and a zygote say to each other: one struct a packet, on one machine and of one
/// build, with descriptors beside it.
namespace openfc::sandbox {

enum class OrderKind : std::uint32_t { kRun, kKill };

/// From the engine. kRun comes with RunDescriptors.
struct Order {
  OrderKind kind = OrderKind::kRun;
  std::uint64_t id = 0;  // The engine's; never used twice for one zygote.
  uid_t user = 0;
  bool is_python = false;
  bool may_fork = false;
  bool rehearses_harness = false;
  Limits limits;
};

/// In the order in which they travel with kRun: what Pack(RunPayload) gives, then the run's own.
enum RunDescriptor : std::uint8_t { kPayload, kInput, kOutput, kErrors, kResult, kDescriptorCount };

enum class NoticeKind : std::uint32_t { kReady, kStarted, kEnded };

/// From a zygote. kReady comes first, with the names of libraries in `text`.
struct Notice {
  NoticeKind kind = NoticeKind::kReady;
  std::uint64_t id = 0;
  pid_t main = 0;  // Leads the run's process group, where there are no namespaces.
  RunEnd end = RunEnd::kFailed;
  std::int32_t exit_code = 0;
  std::int32_t signal = 0;
  std::int64_t cpu_us = 0;
  std::int64_t wall_us = 0;
  std::int64_t cleanup_us = 0;
  std::int64_t peak_memory_bytes = 0;
  std::array<char, 512> text{};  // Names, or why it failed; ends with a zero.
};

/// The texts of a run.
struct RunPayload {
  std::string workspace;  // A folder of this machine; empty: none.
  std::vector<std::string> environment;
  std::vector<std::string> arguments;  // Of Python: sys.argv[1:]; of a command: all its words.
  std::string code;
  std::string file_name;
  std::string harness;
  std::string harness_input;
};

std::string PackPayload(const RunPayload& payload);
Expected<RunPayload> UnpackPayload(std::string_view pack);

/// Of a file in memory that holds the pack.
Expected<RunPayload> ReadPayload(int fd);

/// Cuts what is too long.
void SetText(Notice& notice, std::string_view text);

}  // namespace openfc::sandbox
