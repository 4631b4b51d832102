#pragma once

#include "runtime/wire/error_document.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::bootstrap {

/// Where one thread stands.
struct ThreadStack {
  std::uint64_t thread = 0;  // pthread_self()
  bool is_current = false;   // The one that the signal came to.
  wire::Stack frames;        // Outermost first, our own left out.
};

/// All threads of a Python process at one moment.
struct StackDump {
  std::string fatal;                 // Why it dies: `Segmentation fault`; empty: it was asked.
  std::vector<ThreadStack> threads;  // The newest first: the main thread is the last.
};

/// Reads what Python's faulthandler wrote last (3.8 to 3.13). The writer runs user code, so this is
/// strict: a line of another form ends the thread that it stands in, a line without an end is cut
/// off, and numbers and lengths are bounded.
StackDump ParseStacks(std::string_view text);

/// The stack of `thread`; null when it is not there.
const ThreadStack* FindThread(const StackDump& dump, std::uint64_t thread);

/// The stack to show for a process whose only invocation was begun in `thread`: that one's, else
/// the current thread's, else the oldest thread's. A thread without frames does not count: the
/// invocation may be a coroutine, which runs in the event loop's. Empty when no thread has any.
wire::Stack BestStack(const StackDump& dump, std::uint64_t thread);

/// Whether `dump` was written by a process on its way to die of `signal`.
bool IsDeathOf(const StackDump& dump, int signal);

}  // namespace openfc::bootstrap
