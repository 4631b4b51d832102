#include "sandbox/executor/limits.h"

#include <array>
#include <string>

namespace openfc::sandbox {
namespace {

struct NamedLimit {
  const char* name;
  std::int64_t asked;
  std::int64_t cap;
};

}  // namespace

Limits WidestLimits() {
  Limits caps;
  caps.wall = std::chrono::hours(1);
  caps.cpu = std::chrono::hours(1);
  caps.memory_bytes = 8LL << 30;
  caps.processes = 1024;
  caps.open_files = 4096;
  caps.file_bytes = 4LL << 30;
  caps.disk_bytes = 4LL << 30;
  caps.output_bytes = 64LL << 20;
  caps.result_bytes = 256LL << 20;
  return caps;
}

Limits LimitChoice::Over(Limits usual) const {
  usual.memory_bytes = memory_bytes.value_or(usual.memory_bytes);
  usual.processes = processes.value_or(usual.processes);
  usual.open_files = open_files.value_or(usual.open_files);
  usual.file_bytes = file_bytes.value_or(usual.file_bytes);
  usual.disk_bytes = disk_bytes.value_or(usual.disk_bytes);
  usual.output_bytes = output_bytes.value_or(usual.output_bytes);
  return usual;
}

Status CheckLimits(const Limits& asked, const Limits& caps) {
  const std::array<NamedLimit, 9> all{{
      {"wall time in ms", asked.wall.count(), caps.wall.count()},
      {"CPU time in ms", asked.cpu.count(), caps.cpu.count()},
      {"memory in bytes", asked.memory_bytes, caps.memory_bytes},
      {"number of processes", asked.processes, caps.processes},
      {"number of open files", asked.open_files, caps.open_files},
      {"file size in bytes", asked.file_bytes, caps.file_bytes},
      {"disk space in bytes", asked.disk_bytes, caps.disk_bytes},
      {"output in bytes", asked.output_bytes, caps.output_bytes},
      {"result in bytes", asked.result_bytes, caps.result_bytes},
  }};
  for (const NamedLimit& limit : all) {
    if (limit.asked >= 1 && limit.asked <= limit.cap) continue;
    return Error{ErrorCode::kInvalidArgument,
                 std::string("the ") + limit.name + " must be between 1 and " +
                     std::to_string(limit.cap) + ", not " + std::to_string(limit.asked)};
  }
  return Ok();
}

}  // namespace openfc::sandbox
