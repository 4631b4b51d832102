#pragma once

#include "bootstrap/rloader/stack_text.h"
#include "runtime/base/dialect.h"
#include "runtime/client/fault_post.h"
#include "runtime/invoke/invocation.h"
#include "runtime/page/shared_page.h"
#include "runtime/process/child.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace openfc::bootstrap {

/// All that is known of a runtime's death.
struct Death {
  Dialect dialect = Dialect::kFc;  // In which it is answered.
  ChildEnd end = {};
  std::optional<std::int64_t> memory_limit_mb;  // This limit killed it.
  bool is_stopped = false;                      // The instance was told to stop.
  std::int64_t peak_memory_bytes = 0;
  std::chrono::steady_clock::time_point started;
  std::chrono::steady_clock::time_point ended;
  std::optional<std::string> timed_out = {};  // The invocation for which we killed it.
  StackDump stacks = {};                      // The last that it told of its threads.

  /// Invocations that the runtime got and had no time to put into the page's rows.
  std::vector<Invocation> unlisted = {};
};

/// One invocation that rloader answers for a runtime that is gone.
struct FaultAnswer {
  std::string end_line;  // For standard output, with its newline, or empty; before the post.
  FaultReport report;
};

/// Claims what the dead runtime, or a dead worker, left in its part of `page`, and says how to
/// answer it. Whatever the page holds, at most one answer comes out for one id.
std::vector<FaultAnswer> ClaimAnswers(SharedPage& page, const Death& death, PagePart part = {});

/// Takes, of `due`, what the living runtime has not begun to answer: it will not any more.
std::vector<InFlight> ClaimDue(SharedPage& page, const std::vector<InFlight>& due);

/// FunctionTimeout for each of `claimed`, with what `stacks` tell of it.
std::vector<FaultAnswer> TimeoutAnswers(const std::vector<InFlight>& claimed,
                                        const StackDump& stacks, Dialect dialect = Dialect::kFc);

/// init/error, after `deaths` deaths in a row; `last` as DescribeEnd() has it.
FaultReport InitErrorReport(int deaths, const std::string& last, Dialect dialect = Dialect::kFc);

/// `exit code 3`, `killed by signal 11 (SIGSEGV)`
std::string DescribeEnd(const ChildEnd& end);

}  // namespace openfc::bootstrap
