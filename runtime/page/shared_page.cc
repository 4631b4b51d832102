#include "runtime/page/shared_page.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <new>

namespace openfc {
namespace {

constexpr std::uint32_t kMagic = 0x6f666331;  // "ofc1"
constexpr std::size_t kMaxIdLength = 128;

using Clock = std::chrono::steady_clock;

bool IsIdCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

struct Row {
  std::atomic<std::uint32_t> state;
  std::uint32_t type;
  std::int64_t start_ns;
  std::int64_t deadline_ns;                       // 0: none.
  std::array<char, kMaxIdLength + 8> request_id;  // Ends in a null.
  std::int64_t timeout_s;
  std::atomic<std::uint64_t> thread;
  std::atomic<std::uint32_t> cancels_itself;
};

static_assert(std::atomic<std::uint32_t>::is_always_lock_free, "the page is shared by processes");

std::int64_t ToNanoseconds(Clock::time_point when) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count();
}

Clock::time_point FromNanoseconds(std::int64_t when) {
  return Clock::time_point(std::chrono::nanoseconds(when));
}

/// Whatever was written there: neither before the clock began nor in the future.
Clock::time_point PastFrom(std::int64_t written) {
  return FromNanoseconds(std::clamp<std::int64_t>(written, 0, ToNanoseconds(Clock::now())));
}

Deadline DeadlineFrom(std::int64_t written) {
  return written <= 0 ? Deadline::Never() : Deadline(FromNanoseconds(written));
}

/// Whatever was written there: a timeout that a person could have set.
std::chrono::seconds TimeoutFrom(std::int64_t written) {
  constexpr std::int64_t kLongest = 10'000'000;
  return std::chrono::seconds(written > kLongest ? 0 : std::max<std::int64_t>(written, 0));
}

/// The thread's number as the stacks of faulthandler have it.
std::uint64_t OwnThread() { return static_cast<std::uint64_t>(::pthread_self()); }

/// The indices of `total` things that belong to a part.
struct Range {
  std::size_t begin;
  std::size_t end;
};

Range RangeOf(PagePart part, std::size_t total) {
  return {.begin = part.index * total / part.count, .end = (part.index + 1) * total / part.count};
}

}  // namespace

struct SharedPage::Layout {
  std::uint32_t magic;
  std::atomic<std::uint32_t> draining;
  std::atomic<std::uint32_t> polled;
  std::atomic<std::uint32_t> refused;
  std::atomic<std::uint32_t> tells_stacks;
  std::atomic<std::int64_t> wake_ns;  // The earliest time at which rloader will look; 0: none.
  WorkerTable workers;
  MetricsTable metrics;
  std::array<Row, kRows> rows;
  std::atomic<std::uint32_t> receive_buffers_used;             // How many of them were ever taken.
  std::array<ReceiveMemory, kReceiveBuffers> receive_buffers;  // Takes memory only where touched.
};

bool IsValidRequestId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxIdLength &&
         std::all_of(id.begin(), id.end(), IsIdCharacter);
}

SharedPage::SharedPage(UniqueFd fd, Layout* layout) : fd_(std::move(fd)), layout_(layout) {}

SharedPage::~SharedPage() { ::munmap(layout_, sizeof(Layout)); }

Expected<std::unique_ptr<SharedPage>> SharedPage::Map(UniqueFd fd) {
  void* memory = ::mmap(nullptr, sizeof(Layout), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (memory == MAP_FAILED) return SystemError("cannot map the shared page", errno);
  // Not make_unique: the constructor is private.
  return std::unique_ptr<SharedPage>(new SharedPage(std::move(fd), static_cast<Layout*>(memory)));
}

Expected<std::unique_ptr<SharedPage>> SharedPage::Create() {
  UniqueFd fd(::memfd_create("openfc-page", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd.is_open()) return SystemError("cannot make the shared page", errno);
  if (::ftruncate(fd.get(), sizeof(Layout)) != 0) {
    return SystemError("cannot size the shared page", errno);
  }
  // User code gets the descriptor: cut short by it, the page would kill rloader at its next look.
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return SystemError("cannot seal the shared page", errno);
  }
  auto page = Map(std::move(fd));
  if (page) (*page)->ResetForStart();
  return page;
}

Expected<std::unique_ptr<SharedPage>> SharedPage::Attach(UniqueFd fd) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return SystemError("cannot attach the shared page", errno);
  const Error foreign{ErrorCode::kInvalidArgument, "the shared page is not one of this openfc"};
  if (info.st_size != static_cast<off_t>(sizeof(Layout))) return foreign;
  auto page = Map(std::move(fd));
  if (page && (*page)->layout_->magic != kMagic) return foreign;
  return page;
}

std::optional<std::size_t> SharedPage::Receive(std::string_view request_id, std::uint32_t type,
                                               Deadline deadline, std::int64_t timeout_s) {
  if (!IsValidRequestId(request_id)) return std::nullopt;
  const Range own = RangeOf(part_, kRows);
  for (std::size_t index = own.begin; index < own.end; ++index) {
    Row& row = layout_->rows[index];
    // Taken with the state claimed, which nobody reads as an answer owed, until the id stands.
    auto expected = static_cast<std::uint32_t>(RowState::kFree);
    if (!row.state.compare_exchange_strong(expected,
                                           static_cast<std::uint32_t>(RowState::kClaimed))) {
      continue;
    }
    row.type = type;
    row.start_ns = ToNanoseconds(Clock::now());
    const std::int64_t deadline_ns = deadline.IsNever() ? 0 : ToNanoseconds(deadline.when());
    row.deadline_ns = deadline_ns;
    row.timeout_s = timeout_s;
    row.thread.store(0, std::memory_order_relaxed);
    row.cancels_itself.store(0, std::memory_order_relaxed);
    std::copy(request_id.begin(), request_id.end(), row.request_id.begin());
    row.request_id[request_id.size()] = '\0';
    row.state.store(static_cast<std::uint32_t>(RowState::kReceived));
    // After the state, as rloader forgets the wake before it looks: one of the two sees the other.
    if (timer_ != nullptr && deadline_ns != 0 && LowerWake(deadline_ns)) SetTimer();
    return index;
  }
  return std::nullopt;
}

bool SharedPage::Move(std::size_t row, RowState from, RowState to) {
  auto expected = static_cast<std::uint32_t>(from);
  return layout_->rows[row].state.compare_exchange_strong(expected, static_cast<std::uint32_t>(to));
}

/// False when rloader looks at the page by then anyway.
bool SharedPage::LowerWake(std::int64_t when_ns) {
  std::int64_t planned = layout_->wake_ns.load();
  while (planned == 0 || when_ns < planned) {
    if (layout_->wake_ns.compare_exchange_weak(planned, when_ns)) return true;
  }
  return false;
}

/// Whoever sets the timer last sets it to what stands in the page: two threads that lower the time
/// at once may set it in either order.
void SharedPage::SetTimer() const {
  std::int64_t wake_ns = layout_->wake_ns.load();
  while (wake_ns != 0) {
    timer_->Set(FromNanoseconds(wake_ns));
    const std::int64_t now = layout_->wake_ns.load();
    if (now == wake_ns) return;
    wake_ns = now;
  }
}

bool SharedPage::MarkRunning(std::size_t row) {
  layout_->rows[row].thread.store(OwnThread(), std::memory_order_relaxed);
  return Move(row, RowState::kReceived, RowState::kRunning);
}

void SharedPage::MarkSelfCancelling(std::size_t row) {
  // It goes on in the event loop's thread, and this one serves others.
  layout_->rows[row].thread.store(0, std::memory_order_relaxed);
  layout_->rows[row].cancels_itself.store(1);
}

bool SharedPage::TryBeginPost(std::size_t row) {
  return Move(row, RowState::kRunning, RowState::kPosting) ||
         Move(row, RowState::kReceived, RowState::kPosting);
}

void SharedPage::MarkAnswered(std::size_t row) {
  (void)Move(row, RowState::kPosting, RowState::kAnswered);
}

void SharedPage::Free(std::size_t row) {
  layout_->rows[row].state.store(static_cast<std::uint32_t>(RowState::kFree));
}

void SharedPage::MarkPolling() {
  layout_->polled.store(1);
  layout_->workers.MarkPolling(part_.index);
}
void SharedPage::UsePart(PagePart part) { part_ = part; }
WorkerTable& SharedPage::workers() const { return layout_->workers; }
MetricsTable& SharedPage::metrics() const { return layout_->metrics; }
void SharedPage::MarkRefused() { layout_->refused.store(1); }
void SharedPage::MarkTellsStacks() { layout_->tells_stacks.store(1); }
bool SharedPage::IsDraining() const { return layout_->draining.load() != 0; }

void SharedPage::ResetForStart() {
  layout_->magic = kMagic;
  layout_->draining.store(drains_ ? 1 : 0);
  layout_->polled.store(0);
  layout_->refused.store(0);
  layout_->tells_stacks.store(0);
  layout_->wake_ns.store(0);
  layout_->workers.Reset();
  ResetPart({});
  layout_->receive_buffers_used.store(0);
}

void SharedPage::ResetPart(PagePart part) {
  const Range rows = RangeOf(part, kRows);
  for (std::size_t index = rows.begin; index < rows.end; ++index) Free(index);
  ForgetReceived(part);
}

/// The memory behind the buffers is given back, and reads as zeros then.
void SharedPage::ForgetReceived(PagePart part) {
  const Range buffers = RangeOf(part, kReceiveBuffers);
  const std::size_t start =
      offsetof(Layout, receive_buffers) + buffers.begin * sizeof(ReceiveMemory);
  const std::size_t length = (buffers.end - buffers.begin) * sizeof(ReceiveMemory);
  ::fallocate(fd_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(start),
              static_cast<off_t>(length));
}

std::optional<ReceiveBuffer> SharedPage::TakeReceiveBuffer() {
  const Range own = RangeOf(part_, kReceiveBuffers);
  for (auto index = static_cast<std::uint32_t>(own.begin); index < own.end; ++index) {
    std::uint32_t free = 0;
    ReceiveMemory& memory = layout_->receive_buffers[index];
    if (!memory.is_taken.compare_exchange_strong(free, 1)) continue;
    std::uint32_t used = layout_->receive_buffers_used.load();
    while (used <= index && !layout_->receive_buffers_used.compare_exchange_weak(used, index + 1)) {
    }
    return ReceiveBuffer(memory);
  }
  return std::nullopt;
}

PagePart SharedPage::PartOf(std::size_t row) const {
  const std::size_t count = std::max<std::size_t>(layout_->workers.count(), 1);
  // RangeOf() turned round.
  return {.index = ((row + 1) * count - 1) / kRows, .count = count};
}

void SharedPage::VisitReceived(const std::function<void(const ReceivedBytes&)>& visit,
                               PagePart part) const {
  const Range buffers = RangeOf(part, kReceiveBuffers);
  const std::size_t used = std::min<std::size_t>(layout_->receive_buffers_used.load(), buffers.end);
  for (std::size_t index = buffers.begin; index < used; ++index) {
    const ReceiveMemory& memory = layout_->receive_buffers[index];
    const std::uint32_t position = memory.position.load();
    const std::size_t begin = position & ((1U << ReceiveBuffer::kContentShift) - 1);
    const auto content =
        static_cast<ReceiveBuffer::Content>(position >> ReceiveBuffer::kContentShift);
    const bool begins_with_post_answer = content == ReceiveBuffer::Content::kPostAnswerThenPoll;
    if (!begins_with_post_answer && content != ReceiveBuffer::Content::kPollAnswer) continue;
    if (memory.is_taken.load() == 0 || begin >= ReceiveMemory::kBytes) continue;
    std::string bytes(memory.bytes + begin, ReceiveMemory::kBytes - begin);
    bytes.resize(bytes.find_last_not_of('\0') + 1);
    if (bytes.empty()) continue;
    visit({.begins_with_post_answer = begins_with_post_answer, .bytes = std::move(bytes)});
  }
}

void SharedPage::MarkDraining() {
  drains_ = true;
  layout_->draining.store(1);
}
bool SharedPage::HasPolled() const { return layout_->polled.load() != 0; }
bool SharedPage::IsRefused() const { return layout_->refused.load() != 0; }
bool SharedPage::TellsStacks() const { return layout_->tells_stacks.load() != 0; }

void SharedPage::ForgetWake() { layout_->wake_ns.store(0); }

void SharedPage::NoteWake(Deadline when) {
  if (!when.IsNever()) (void)LowerWake(std::max<std::int64_t>(ToNanoseconds(when.when()), 1));
}

std::vector<InFlight> SharedPage::ReadInFlight(PagePart part) const {
  std::vector<InFlight> found;
  const Range rows = RangeOf(part, kRows);
  for (std::size_t index = rows.begin; index < rows.end; ++index) {
    const Row& row = layout_->rows[index];
    const auto state = row.state.load();
    if (state == static_cast<std::uint32_t>(RowState::kFree) ||
        state > static_cast<std::uint32_t>(RowState::kAnswered)) {
      continue;
    }
    // Copied before it is looked at: the writer may change it under us.
    std::string id(row.request_id.data(), ::strnlen(row.request_id.data(), row.request_id.size()));
    if (!IsValidRequestId(id)) continue;
    found.push_back({.row = index,
                     .state = static_cast<RowState>(state),
                     .request_id = std::move(id),
                     .type = std::min<std::uint32_t>(row.type, 3),
                     .start = PastFrom(row.start_ns),
                     .deadline = DeadlineFrom(row.deadline_ns),
                     .timeout = TimeoutFrom(row.timeout_s),
                     .thread = row.thread.load(),
                     .cancels_itself = row.cancels_itself.load() != 0});
  }
  return found;
}

bool SharedPage::TryClaim(std::size_t row, bool is_dead) {
  return Move(row, RowState::kRunning, RowState::kClaimed) ||
         Move(row, RowState::kReceived, RowState::kClaimed) ||
         Move(row, RowState::kAnswered, RowState::kClaimed) ||
         (is_dead && Move(row, RowState::kPosting, RowState::kClaimed));
}

}  // namespace openfc
