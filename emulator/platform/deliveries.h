#pragma once

#include "emulator/platform/call.h"
#include "emulator/platform/destination.h"
#include "emulator/platform/function_table.h"
#include "emulator/platform/platform_loop.h"
#include "emulator/platform/result_poster.h"
#include "emulator/platform/task_documents.h"
#include "emulator/tasks/task.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace openfc::emulator {

/// The results of asynchronous invocations on their way to a destination. Each is a task of the
/// queue itself, a letter: taken in when the invocation ends, and tried again by the same rules, so
/// that a destination which is away for a while, or an end of this process, loses none.
///
/// On the platform's thread.
class Deliveries {
 public:
  using Done = std::function<void(AttemptEnd)>;
  /// Has a function called asynchronously; tells the refusal, if it was one, also later.
  using CallFunction =
      std::function<void(FunctionPool&, Call, std::function<void(std::optional<PlatformError>)>)>;

  /// `functions` and `loop` outlive it. What a destination's `file:PATH` is relative to is
  /// `base_folder`.
  Deliveries(const FunctionTable& functions, PlatformLoop& loop, std::string base_folder,
             CallFunction call_function);

  /// The letter about a task that has ended; nothing when nobody wants to know.
  static std::optional<NewTask> LetterAbout(const Task& task, const AsyncConfig& config,
                                            const CallbackFacts& facts);

  /// Whether a task of this function is a letter.
  static bool IsLetter(std::string_view function);

  /// Delivers a letter once; `done` is told exactly once while this lives.
  void Deliver(const Task& letter, Done done);

  /// A line in the log when a letter has failed: the first time, and when it is given up.
  static void Report(const Task& letter);

 private:
  void CallTarget(const FunctionDestination& destination, const Task& letter, Done done);
  void PostTo(const std::string& url, const Task& letter, Done done);

  const FunctionTable& functions_;
  PlatformLoop& loop_;
  const std::string base_folder_;
  const CallFunction call_function_;
  const std::shared_ptr<bool> is_here_ = std::make_shared<bool>(true);  // For posts to the loop.
  ResultPoster poster_;
};

}  // namespace openfc::emulator
