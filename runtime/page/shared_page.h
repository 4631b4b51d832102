#pragma once

#include "runtime/base/deadline.h"
#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"
#include "runtime/page/deadline_timer.h"
#include "runtime/page/metrics_table.h"
#include "runtime/page/receive_buffer.h"
#include "runtime/page/worker_table.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc {

/// Where an invocation in flight stands. Who answers it is decided by one compare-and-swap:
/// running -> posting by the runtime, running -> claimed by rloader (fc-runtime-api.md, section 9).
enum class RowState : std::uint32_t {
  kFree = 0,
  kReceived = 1,  // Its head was read; the body may still be coming.
  kRunning = 2,   // The handler has it.
  kPosting =
      3,  // The runtime is posting its answer; rloader answers only after the runtime's death.
  kClaimed = 4,   // rloader answers: the runtime neither posts nor polls any more.
  kAnswered = 5,  // Its deadline was answered by the runtime, in the HTTP mode; the function is
                  // still at it, and rloader is to end that.
};

/// What rloader reads of one row. The process that wrote it runs user code: everything here has
/// been checked, and nothing here is to be trusted further than that.
struct InFlight {
  std::size_t row;
  RowState state;
  std::string request_id;  // 1 to 128 of A-Za-z0-9_-
  std::uint32_t type;      // As x-fc-function-type; 0 to 3.
  std::chrono::steady_clock::time_point start;
  Deadline deadline;
  std::chrono::seconds timeout{0};  // The function's, for texts; 0: not known.
  std::uint64_t thread = 0;         // pthread_self() of the handler's thread; 0: none yet.
  bool cancels_itself = false;      // The runtime sees to the deadline first (an async handler).
};

/// What a runtime had received from the platform and not yet dealt with, copied: it may hold the
/// head of an invocation that no row knows of.
struct ReceivedBytes {
  bool begins_with_post_answer = false;  // And only then comes the answer to a poll.
  std::string bytes;
};

/// The grammar of request ids: 1 to 128 of A-Za-z0-9_-.
bool IsValidRequestId(std::string_view id);

/// A page of memory between rloader, which makes it, and the runtime, which writes it: a row for
/// each invocation in flight, the drain and refusal marks. It outlives the runtime, which is how
/// rloader knows what a dead runtime left unanswered.
///
/// All functions may be called from any thread and from both processes at once; none blocks or
/// allocates on the runtime's side. Times in it are CLOCK_MONOTONIC, which both share.
class SharedPage {
 public:
  /// What a row that MarkSelfCancelling() has marked gets beyond its deadline.
  static constexpr std::chrono::milliseconds kCancelTime{500};

  /// More invocations than an instance may have in flight (the platform's limit is 200).
  static constexpr std::size_t kRows = 1024;

  /// More connections than poll at once.
  static constexpr std::size_t kReceiveBuffers = 512;

  /// A new page, all rows free. rloader's, or the runtime's own when it runs without one.
  static Expected<std::unique_ptr<SharedPage>> Create();

  /// The page behind `fd`, which Create() made in another process. kInvalidArgument when it is not
  /// one of ours.
  static Expected<std::unique_ptr<SharedPage>> Attach(UniqueFd fd);

  ~SharedPage();
  SharedPage(const SharedPage&) = delete;
  SharedPage& operator=(const SharedPage&) = delete;

  /// Close-on-exec; to be inherited under another number (process/ChildCommand).
  int fd() const { return fd_.get(); }

  // The runtime's side ---------------------------------------------------------------------------

  /// From here on Receive() sets `timer` where that is needed for rloader to wake in time. Before
  /// any thread uses the page.
  void UseTimer(std::unique_ptr<DeadlineTimer> timer) { timer_ = std::move(timer); }

  /// From here on this process takes only what belongs to `part`: a worker among others. Before any
  /// thread uses the page.
  void UsePart(PagePart part);

  /// Takes a free row for an invocation whose head was read (state received). Nothing when all rows
  /// are taken. `timeout_s` is for the text of a timeout alone; 0: not known. As long as deadlines
  /// come in their order, this is no system call but once a deadline.
  std::optional<std::size_t> Receive(std::string_view request_id, std::uint32_t type,
                                     Deadline deadline, std::int64_t timeout_s = 0);

  /// received -> running, by the thread that calls the handler. False when rloader has claimed it.
  bool MarkRunning(std::size_t row);

  /// The runtime cancels this one itself at its deadline: rloader gives it kCancelTime more. The
  /// thread that it goes on in is not known here.
  void MarkSelfCancelling(std::size_t row);

  /// received or running -> posting. False when rloader has claimed it: do not post, do not poll.
  bool TryBeginPost(std::size_t row);

  /// posting -> answered: see there. The caller wakes rloader.
  void MarkAnswered(std::size_t row);

  /// After the post was accepted or given up.
  void Free(std::size_t row);

  /// The runtime has begun its first `next`: a death from here on is not a failed start.
  void MarkPolling();

  /// StacksSignal() may be sent: it is handled from here on.
  void MarkTellsStacks();

  /// The platform refused us for good; set before exit 70.
  void MarkRefused();

  bool IsDraining() const;

  /// For a connection that polls; the page must outlive it. Nothing when all are taken.
  std::optional<ReceiveBuffer> TakeReceiveBuffer();

  // Between both ---------------------------------------------------------------------------------

  /// What a template process and rloader tell each other of the workers.
  WorkerTable& workers() const;

  /// The figures of the HTTP mode; no start forgets them.
  MetricsTable& metrics() const;

  /// Of this process; see UsePart().
  ProcessMetrics& own_metrics() const { return metrics().Of(part_.index); }

  /// Nothing is in flight in `part` any more, and its receive buffers are empty; once the worker
  /// whose part it was has ended, and what it left is answered.
  void ResetPart(PagePart part);

  // rloader's side -------------------------------------------------------------------------------

  /// Forgets everything but the drain mark, whatever the last runtime made of the page: before each
  /// start of the runtime.
  void ResetForStart();

  void MarkDraining();
  bool HasPolled() const;
  bool IsRefused() const;
  bool TellsStacks() const;

  /// The runtime sets the timer for its next deadline, whichever that is. Called before
  /// ReadInFlight(), it makes sure of each row: either that finds it, or the timer is set for it.
  void ForgetWake();

  /// rloader wakes by itself at `when`: the runtime need not set the timer for what comes later.
  void NoteWake(Deadline when);

  /// The part that `row` belongs to, among as many as there are workers.
  PagePart PartOf(std::size_t row) const;

  /// The rows that are not free and hold a valid id, of all the page or of a part.
  std::vector<InFlight> ReadInFlight(PagePart part = {}) const;

  /// Shows what stands in each receive buffer, one after the other; once whose they are is dead.
  void VisitReceived(const std::function<void(const ReceivedBytes&)>& visit,
                     PagePart part = {}) const;

  /// received, running or answered -> claimed; after the runtime's death (`is_dead`) posting ->
  /// claimed too.
  /// True when the answer is now rloader's.
  bool TryClaim(std::size_t row, bool is_dead);

 private:
  struct Layout;
  SharedPage(UniqueFd fd, Layout* layout);
  static Expected<std::unique_ptr<SharedPage>> Map(UniqueFd fd);

  void ForgetReceived(PagePart part);
  bool Move(std::size_t row, RowState from, RowState to);
  bool LowerWake(std::int64_t when_ns);
  void SetTimer() const;

  UniqueFd fd_;
  Layout* layout_;                        // A mapping of our own; unmapped with us.
  bool drains_ = false;                   // That we, and not the runtime, wrote the drain mark.
  std::unique_ptr<DeadlineTimer> timer_;  // The runtime's; null: rloader does not watch.
  PagePart part_;                         // The runtime's.
};

}  // namespace openfc
