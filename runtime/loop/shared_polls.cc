#include "runtime/loop/shared_polls.h"

#include "runtime/base/before_wait.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace openfc {
namespace {

constexpr std::size_t kMostAtOnce = 64;

UniqueFd Opened(int fd, const char* what) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
  return UniqueFd(fd);
}

/// The leader alone is told, and of each readiness once. Without memory for that in the kernel the
/// process ends by the exception: rloader answers for it, and nobody waits for ever.
void Watch(const UniqueFd& epoll, int fd, void* what) {
  epoll_event event{.events = EPOLLIN | EPOLLONESHOT, .data = {.ptr = what}};
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_MOD, fd, &event) == 0) return;
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) == 0) return;
  throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

}  // namespace

SharedPolls::SharedPolls(LanguageLock& lock, PollEvents& events)
    : lock_(lock),
      events_(events),
      when_posted_([&events] { events.OnPosted(); }),
      epoll_(Opened(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      over_(Opened(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  Watch(epoll_, over_.get(), nullptr);
  Watch(epoll_, silences_.fd(), &silences_);
}

void SharedPolls::Add(std::unique_ptr<RuntimeApi> api) {
  auto connection = std::make_unique<Connection>();
  connection->api = std::move(api);
  Connection& added = *connection;
  {
    const MutexLock lock(mutex_);
    connections_.emplace(&added, std::move(connection));
  }
  Await(added);
  changed_.NotifyOne();
}

void SharedPolls::End() {
  {
    const MutexLock lock(mutex_);
    is_ended_ = true;
  }
  (void)::eventfd_write(over_.get(), 1);
  changed_.NotifyAll();
}

std::unique_ptr<RuntimeApi> SharedPolls::Take(Connection& connection) {
  std::unique_ptr<RuntimeApi> taken;
  bool is_over = false;
  {
    const MutexLock lock(mutex_);
    taken = std::move(connection.api);
    connections_.erase(&connection);
    is_over = IsOver();
  }
  if (is_over) End();
  return taken;
}

// Who leads
// ------------------------------------------------------------------------------------------------

std::optional<PollPlace> SharedPolls::Serve() {
  Member me;
  while (true) {
    const Role role = AwaitRole(me);
    if (role == Role::kNone) return std::nullopt;
    if (role == Role::kLeader) GetBusy(me);
    if (role == Role::kStandBy && !BecomeLeaderInstead(me)) continue;
    auto place = Lead(me);
    Resign(me);
    if (place) return place;
  }
}

SharedPolls::Role SharedPolls::AwaitRole(Member& me) {
  const MutexLock lock(mutex_);
  while (!IsOver()) {
    if (leader_.load() == nullptr) {
      leader_ = &me;
      return Role::kLeader;
    }
    if (is_busy_ && !has_stand_by_) {
      has_stand_by_ = true;
      return Role::kStandBy;
    }
    changed_.Wait(mutex_);
  }
  return Role::kNone;
}

/// The lock came free: because the leader's function waits, or because the leader itself does.
bool SharedPolls::BecomeLeaderInstead(Member& me) {
  lock_.Lock();
  me.holds_lock = true;
  bool leads = false;
  {
    const MutexLock lock(mutex_);
    has_stand_by_ = false;
    leads = function_runs_ && leader_.load() != nullptr;
    if (leads) leader_ = &me;
  }
  if (leads) {
    function_runs_ = false;
    changed_.NotifyOne();  // Somebody stands by from now on.
  } else {
    me.holds_lock = false;
    lock_.Unlock();
  }
  return leads;
}

/// Also of who does not lead any more, and has the lock back from its function.
void SharedPolls::Resign(Member& me) {
  {
    const MutexLock lock(mutex_);
    if (Leads(me)) {
      leader_ = nullptr;
      is_busy_ = false;
    }
  }
  if (std::exchange(me.holds_lock, false)) lock_.Unlock();
  changed_.NotifyOne();
}

// What the leader does
// ------------------------------------------------------------------------------------------------

std::optional<PollPlace> SharedPolls::Lead(Member& me) {
  while (Leads(me)) {
    Connection* const connection = NextReady(me);
    if (connection == nullptr) break;
    if (auto place = ServeOne(me, *connection)) return place;
  }
  return std::nullopt;
}

SharedPolls::Connection* SharedPolls::NextReady(Member& me) {
  if (ready_.empty()) Collect(0);
  while (ready_.empty()) {
    {
      const MutexLock lock(mutex_);
      if (IsOver()) return nullptr;
    }
    WaitIdly(me);
  }
  Connection* const connection = ready_.back();
  ready_.pop_back();
  return connection;
}

void SharedPolls::WaitIdly(Member& me) {
  {
    const MutexLock lock(mutex_);
    is_busy_ = false;
  }
  me.holds_lock = false;
  lock_.Unlock();
  Collect(-1);
  GetBusy(me);
}

/// Who stands by may come now. Not before: it would take the lock in the leader's place.
void SharedPolls::GetBusy(Member& me) {
  lock_.Lock();
  me.holds_lock = true;
  {
    const MutexLock lock(mutex_);
    is_busy_ = true;
  }
  changed_.NotifyOne();
}

void SharedPolls::Collect(int timeout_ms) {
  std::array<epoll_event, kMostAtOnce> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), timeout_ms);
  for (int i = count - 1; i >= 0; --i) {  // The first one is taken first, from the end.
    OnReady(events.at(static_cast<std::size_t>(i)).data.ptr);
  }
  if (ready_.size() > 1 && ready_.size() == polling_.load()) events_.OnAllReady();
}

void SharedPolls::OnReady(void* what) {
  if (what == nullptr) {
    eventfd_t ignored = 0;
    (void)::eventfd_read(over_.get(), &ignored);
    Watch(epoll_, over_.get(), nullptr);
  } else if (what == &silences_) {
    EndSilences();
    Watch(epoll_, silences_.fd(), &silences_);
  } else {
    auto* const connection = static_cast<Connection*>(what);
    connection->silence_end = SilenceTimer::Time::max();
    ready_.push_back(connection);
  }
}

/// What came of itself since has its silence ended already, or is not harmed: it reads that first.
void SharedPolls::EndSilences() {
  silences_.Clear();
  const auto now = Deadline::Clock::now();
  const MutexLock lock(mutex_);
  for (const auto& [key, connection] : connections_) {
    const auto end = connection->silence_end.load();
    if (end <= now) {
      connection->silence_end = SilenceTimer::Time::max();
      connection->api->EndWait();
    } else if (end != SilenceTimer::Time::max()) {
      silences_.Include(end);
    }
  }
}

void SharedPolls::Await(Connection& connection) {
  ++polling_;
  const auto silence_end = connection.api->silence_end().when();
  connection.silence_end = silence_end;
  silences_.Include(silence_end);
  Watch(epoll_, connection.api->socket(), &connection);
}

std::optional<PollPlace> SharedPolls::ServeOne(Member& me, Connection& connection) {
  --polling_;
  RuntimeApi& api = *connection.api;
  auto work = TryNext(me, api);
  if (!work) {
    Await(connection);
    return std::nullopt;
  }
  if (!*work) {
    const auto ended = Take(connection);
    events_.OnEnd(work->error());
    return std::nullopt;
  }
  auto answer = Run(me, api, **std::move(work));
  if (!answer || !BeginPair(me, api, *answer)) {
    return PollPlace{.api = Take(connection), .answer = std::move(answer)};
  }
  events_.OnPairSent();
  Await(connection);
  return std::nullopt;
}

std::optional<Expected<Work>> SharedPolls::TryNext(Member& me, RuntimeApi& api) {
  const GivesUpBeforeWait resigns([this, &me] { Resign(me); });
  return api.TryNext(when_posted_);
}

bool SharedPolls::BeginPair(Member& me, RuntimeApi& api, Answer& answer) {
  const GivesUpBeforeWait resigns([this, &me] { Resign(me); });
  return api.BeginPostAndNext(answer);
}

/// While the function runs, who stands by may become the leader.
std::optional<Answer> SharedPolls::Run(Member& me, RuntimeApi& api, Work work) {
  if (!Leads(me)) return events_.OnWork(api, std::move(work));
  function_runs_ = true;
  auto answer = events_.OnWork(api, std::move(work));
  if (Leads(me)) function_runs_ = false;
  return answer;
}

}  // namespace openfc
