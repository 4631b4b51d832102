#pragma once

#include "sandbox/executor/limits.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The nouns of one run of untrusted code.
namespace openfc::sandbox {

class Workspace;

/// What an interpreter has imported before the code starts.
enum class Libraries {
  kLean,  // The standard library.
  kData,  // numpy, pandas, matplotlib, plotly as well: those of them that are installed.
};

/// Python source, run as `__main__` in an interpreter that is warm already.
struct PythonProgram {
  std::string code;
  std::string file_name = "<string>";  // What tracebacks call it.
  Libraries libraries = Libraries::kLean;

  /// Source of ours that runs in place of the code, inside the same walls, with the names `code`,
  /// `file_name` and `harness_input` (all str) and `report`, a function that adds bytes to
  /// RunOutcome::result. It decides what is done with the code; what it reports is untrusted, since
  /// the code lives in the same process. Empty: the code alone runs.
  std::string harness = {};
  std::string harness_input = {};

  /// The harness is compiled in, and may be run before runs come, outside the walls, with the
  /// `__name__` `__rehearsal__`: it uses then what runs use, and leaves nothing. Never for a source
  /// that somebody else has sent.
  bool rehearses_harness = false;

  /// May it start processes? Without, a program is one process, and fork and exec are refused.
  bool may_fork = false;
};

/// A program with its arguments; one without a slash is looked for in PATH.
struct CommandProgram {
  std::vector<std::string> words;
};

struct RunRequest {
  std::variant<PythonProgram, CommandProgram> program;
  std::vector<std::string> arguments = {};    // sys.argv[1:] of Python.
  std::vector<std::string> environment = {};  // NAME=VALUE, beside PATH, HOME, LANG and TMPDIR.
  std::string input = {};                     // All of standard input.
  Limits limits = {};

  /// Where it runs, and what outlives it. Nothing: an empty folder that is gone afterwards.
  std::shared_ptr<Workspace> workspace = {};
};

enum class OutputStream { kOutput, kErrors };

enum class RunEnd {
  kExited,       // By itself: exit_code.
  kSignalled,    // By a signal that was none of ours: signal.
  kTimedOut,     // Limits::wall.
  kCpuTimedOut,  // Limits::cpu.
  kOutOfMemory,  // Limits::memory_bytes, told by the kernel or by our own watch.
  kCancelled,    // By RunHandle::Cancel().
  kFailed,       // It was not run, or not to an end, by no fault of its own: failure.
};

/// exited, signalled, timed_out, cpu_timed_out, out_of_memory, cancelled or failed.
std::string_view NameOf(RunEnd end);

/// How a run ended, and what it has said up to then, whatever the end was.
struct RunOutcome {
  RunEnd end = RunEnd::kFailed;
  int exit_code = 0;
  int signal = 0;
  std::string failure = {};  // A sentence for the operator; never for a client.

  std::string output = {};  // Bytes: untrusted, and not always UTF-8.
  std::string errors = {};
  std::string result = {};
  bool is_output_truncated = false;
  bool is_errors_truncated = false;
  bool is_result_truncated = false;

  std::chrono::milliseconds cpu{0};   // User and system, of what it waited for too.
  std::chrono::microseconds wall{0};  // From the start of the code to its end; the queue is not in.
  std::int64_t peak_memory_bytes =
      0;  // Of all processes where a cgroup counts, else of the largest.
  std::chrono::microseconds cleanup{0};  // From then until nothing was left of it.

  /// As a shell has it: the exit code, or 128 + signal, 124 for a timeout, 137 out of memory.
  int ShellCode() const;
};

/// Called from the executor's thread: must not block, and may call the executor.
struct RunEvents {
  std::function<void(RunOutcome)> on_end;  // Exactly once for each run that was taken.
  std::function<void(OutputStream, std::string_view)> on_output = {};  // As it comes; optional.
};

}  // namespace openfc::sandbox
