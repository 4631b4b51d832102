#include "tests/bench/platform_loop.h"

#include "tests/fakes/local_socket.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace openfc::bench {
namespace {

constexpr int kPatienceMs = 30000;

bool IsRight(const RequestView& post, std::string_view event) {
  return post.line.find("/response ") != std::string_view::npos && post.body == event;
}

}  // namespace

PlatformLoop::PlatformLoop(Workload workload)
    : workload_(std::move(workload)),
      head_(MakeInvocationHead(workload_.dialect, workload_.handler, workload_.event.size())),
      listener_(testing::BindLocal()),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      port_(testing::PortOf(listener_)) {
  ::listen(listener_.get(), SOMAXCONN);
  Watch(listener_.get(), &listener_);
}

void PlatformLoop::Watch(int fd, void* owner) const {
  epoll_event event{.events = EPOLLIN, .data = {.ptr = owner}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void PlatformLoop::WatchProcess(pid_t process) {
  process_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
  Watch(process_.get(), &process_);
}

void PlatformLoop::AwaitPolls(std::size_t count) {
  while (polling_.size() < count) ServeOnce();
}

Round PlatformLoop::Run(const Amount& amount) {
  AwaitPolls(1);
  first_number_ += handed_out_.size();
  handed_out_.clear();
  round_ = Round();
  round_.latencies_us.reserve(amount.count);
  to_hand_out_ = amount.count;
  const auto start = Clock::now();
  HandOut();
  while (to_hand_out_ > 0 || in_flight_ > 0 || polling_.empty()) {
    ServeOnce();
    if (Clock::now() - start > amount.limit) to_hand_out_ = 0;
    HandOut();
  }
  round_.elapsed = Clock::now() - start;
  return round_;
}

void PlatformLoop::ServeOnce() {
  std::array<epoll_event, 64> events;
  const int ready = ::epoll_wait(epoll_.get(), events.data(), events.size(), kPatienceMs);
  if (ready == 0) throw std::runtime_error("the runtime fell silent");
  for (int i = 0; i < ready; ++i) {
    void* const owner = events[static_cast<std::size_t>(i)].data.ptr;
    if (owner == &process_) throw std::runtime_error("the runtime ended");
    if (owner == &listener_) {
      AcceptAll();
    } else {
      Serve(*static_cast<Connection*>(owner));
    }
  }
  connections_.remove_if([](const Connection& connection) { return connection.is_over; });
}

void PlatformLoop::AcceptAll() {
  while (true) {
    UniqueFd socket = testing::AcceptNext(listener_);
    if (!socket.is_open()) return;
    Connection& connection = connections_.emplace_back(Connection{.wire = Wire(std::move(socket))});
    Watch(connection.wire.fd(), &connection);
  }
}

void PlatformLoop::Serve(Connection& connection) {
  if (!connection.wire.Receive()) return Forget(connection);
  Flush(connection);  // What waited for room, and holds the next requests up.
  TakeRequests(connection);
  HandOut();
  Flush(connection);
}

/// Until one has to wait for its answer, or for room to send it.
void PlatformLoop::TakeRequests(Connection& connection) {
  RequestView request;
  while (!connection.is_polling && !connection.awaits_room && connection.wire.Peek(request)) {
    if (request.line.starts_with("GET")) {
      connection.is_polling = true;
      polling_.push_back(&connection);
    } else {
      TakePost(request);
      connection.wire.Queue(Accepted(workload_.dialect));
    }
    connection.wire.Drop();
  }
}

void PlatformLoop::TakePost(const RequestView& post) {
  const auto number = NumberIn(post.line);
  if (!number || *number < first_number_ || *number - first_number_ >= handed_out_.size()) {
    throw std::runtime_error("the runtime posted for an invocation that it never got");
  }
  const std::chrono::duration<double, std::micro> latency =
      Clock::now() - handed_out_[*number - first_number_];
  round_.latencies_us.push_back(latency.count());
  if (!IsRight(post, workload_.event)) ++round_.wrong_answers;
  --in_flight_;
}

void PlatformLoop::HandOut() {
  while (to_hand_out_ > 0 && in_flight_ < workload_.window && !polling_.empty()) {
    Connection& connection = *polling_.front();
    polling_.pop_front();
    HandOutTo(connection);
  }
}

void PlatformLoop::HandOutTo(Connection& connection) {
  --to_hand_out_;
  ++in_flight_;
  connection.is_polling = false;
  const std::string number = std::to_string(first_number_ + handed_out_.size());
  connection.wire.Queue(head_.before);
  connection.wire.Queue(number);
  connection.wire.Queue(head_.after, workload_.event);
  handed_out_.push_back(Clock::now());
  Flush(connection);
}

void PlatformLoop::Flush(Connection& connection) const {
  if (!connection.wire.Flush()) connection.is_over = true;
  if (connection.wire.HasOutput() == connection.awaits_room) return;
  connection.awaits_room = !connection.awaits_room;
  epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
  if (connection.awaits_room) event.events |= EPOLLOUT;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.wire.fd(), &event);
}

void PlatformLoop::Forget(Connection& connection) {
  connection.is_over = true;
  polling_.erase(std::remove(polling_.begin(), polling_.end(), &connection), polling_.end());
}

}  // namespace openfc::bench
