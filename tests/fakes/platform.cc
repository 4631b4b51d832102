#include "tests/fakes/platform.h"

#include "tests/fakes/limit.h"
#include "tests/fakes/local_socket.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace openfc::testing {
namespace {

constexpr std::string_view kNextSuffix = "/runtime/invocation/next";

bool IsPoll(const Request& request) {
  return request.method == "GET" && request.path.ends_with(kNextSuffix);
}

bool IsPostFor(const Request& request, std::string_view id) {
  const std::string middle = "/invocation/" + std::string(id) + "/";
  return request.method == "POST" && request.path.find(middle) != std::string::npos;
}

template <typename Predicate>
std::vector<Request> Select(const std::vector<Request>& all, Predicate predicate) {
  std::vector<Request> selected;
  std::copy_if(all.begin(), all.end(), std::back_inserter(selected), predicate);
  return selected;
}

bool HasAtLeast(const std::vector<Request>& all, std::size_t count, bool polls) {
  const auto matches = std::count_if(
      all.begin(), all.end(), [polls](const Request& request) { return IsPoll(request) == polls; });
  return static_cast<std::size_t>(matches) >= count;
}

}  // namespace

/// One accepted socket: at most one request is under way, further ones wait in the reader.
struct Platform::Connection {
  std::size_t number;
  UniqueFd socket;
  RequestReader reader = {};
  std::optional<Request> request = {};  // Recorded, not answered yet.
  std::optional<Answer> answer = {};    // Chosen; its bytes go as they are sent.
  bool is_over = false;

  bool HasOutput() const {
    return answer && answer->when != Answer::When::kReleased && !answer->bytes.empty();
  }

  void Read() {
    std::array<char, 65536> bytes;
    while (true) {
      const ssize_t length = ::recv(socket.get(), bytes.data(), bytes.size(), 0);
      if (length > 0) {
        reader.Add({bytes.data(), static_cast<std::size_t>(length)});
        continue;
      }
      is_over = length == 0 || errno != EAGAIN;
      return;
    }
  }

  void Write() {
    while (HasOutput()) {
      const bool is_slow = answer->pace == Answer::Pace::kByteByByte;
      const std::size_t length = is_slow ? 1 : answer->bytes.size();
      const ssize_t sent = ::send(socket.get(), answer->bytes.data(), length, MSG_NOSIGNAL);
      if (sent < 0) is_over = errno != EAGAIN;
      if (sent < 0) return;
      answer->bytes.erase(0, static_cast<std::size_t>(sent));
      if (is_slow) return;
    }
  }

  /// After the last byte of an answer.
  void Conclude() {
    if (answer->then == Answer::Then::kReset) {
      const linger at_once{.l_onoff = 1, .l_linger = 0};
      ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    }
    is_over = answer->then != Answer::Then::kKeep;
    answer.reset();
    request.reset();
  }
};

Platform::Platform() : listener_(BindLocal()), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  port_ = PortOf(listener_);
  ::listen(listener_.get(), SOMAXCONN);
  thread_ = std::jthread([this](std::stop_token stop) { Run(std::move(stop)); });
}

Platform::~Platform() {
  thread_.request_stop();
  Wake();
  thread_.join();
}

void Platform::AnswerNext(Answer answer) {
  MutexLock lock(mutex_);
  next_answers_.push_back(std::move(answer));
  Wake();
}

void Platform::AnswerPost(Answer answer) {
  MutexLock lock(mutex_);
  post_answers_.push_back(std::move(answer));
  Wake();
}

void Platform::Release() {
  MutexLock lock(mutex_);
  ++releases_;
  Wake();
}

void Platform::Refuse() { SetRefusing(true); }
void Platform::Accept() { SetRefusing(false); }

void Platform::SetRefusing(bool refusing) {
  MutexLock lock(mutex_);
  wants_refusing_ = refusing;
  Wake();
  while (is_refusing_ != wants_refusing_) changed_.Wait(mutex_);
}

std::vector<Request> Platform::requests() const {
  MutexLock lock(mutex_);
  return requests_;
}

std::vector<Request> Platform::polls() const { return Select(requests(), IsPoll); }

std::vector<Request> Platform::posts() const {
  return Select(requests(), [](const Request& request) { return !IsPoll(request); });
}

std::vector<Request> Platform::PostsFor(std::string_view id) const {
  return Select(requests(), [id](const Request& request) { return IsPostFor(request, id); });
}

bool Platform::AwaitPolls(std::size_t count) const {
  return AwaitRequests([count](const auto& all) { return HasAtLeast(all, count, true); });
}

bool Platform::AwaitPosts(std::size_t count) const {
  return AwaitRequests([count](const auto& all) { return HasAtLeast(all, count, false); });
}

std::optional<Request> Platform::AwaitPostFor(std::string_view id) const {
  std::optional<Request> post;
  const bool came = AwaitRequests([id, &post](const auto& all) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [id](const Request& each) { return IsPostFor(each, id); });
    if (found != all.end()) post = *found;
    return post.has_value();
  });
  return came ? post : std::nullopt;
}

bool Platform::AwaitRequests(
    const std::function<bool(const std::vector<Request>&)>& condition) const {
  const auto until = std::chrono::steady_clock::now() + kLimit;
  MutexLock lock(mutex_);
  while (!condition(requests_)) {
    if (!changed_.WaitUntil(mutex_, until)) return condition(requests_);
  }
  return true;
}

void Platform::Wake() const { ::eventfd_write(wake_.get(), 1); }

void Platform::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::vector<pollfd> watched;
    {
      MutexLock lock(mutex_);
      Serve();
      watched = Watched();
    }
    ::poll(watched.data(), watched.size(), -1);
    eventfd_t ignored = 0;
    ::eventfd_read(wake_.get(), &ignored);
  }
}

std::vector<pollfd> Platform::Watched() const {
  std::vector<pollfd> watched = {{.fd = wake_.get(), .events = POLLIN, .revents = 0}};
  if (!is_refusing_) watched.push_back({.fd = listener_.get(), .events = POLLIN, .revents = 0});
  for (const Connection& connection : connections_) {
    const int events = connection.HasOutput() ? POLLIN | POLLOUT : POLLIN;
    watched.push_back(
        {.fd = connection.socket.get(), .events = static_cast<short>(events), .revents = 0});
  }
  return watched;
}

void Platform::Serve() {
  OpenOrShut();
  if (is_refusing_) return;
  AcceptAll();
  for (Connection& connection : connections_) Advance(connection);
  std::erase_if(connections_, [](const Connection& connection) { return connection.is_over; });
}

void Platform::OpenOrShut() {
  if (is_refusing_ == wants_refusing_) return;
  is_refusing_ = wants_refusing_;
  if (is_refusing_) {
    AcceptAll();  // Who waits in the backlog is cut off too.
    connections_.clear();
    listener_.Reset();
    listener_ = BindLocal(port_);
  } else {
    ::listen(listener_.get(), SOMAXCONN);
  }
  changed_.NotifyAll();
}

void Platform::AcceptAll() {
  while (true) {
    UniqueFd socket = AcceptNext(listener_);
    if (!socket.is_open()) return;
    connections_.push_back({.number = accepted_++, .socket = std::move(socket)});
  }
}

void Platform::Advance(Connection& connection) {
  connection.Read();
  if (!connection.request) TakeRequest(connection);
  while (connection.request && !connection.is_over) {
    if (!connection.answer) TakeAnswer(connection);
    if (!connection.answer || Hangs(*connection.answer)) return;
    connection.Write();
    if (connection.is_over || connection.HasOutput()) return;
    connection.Conclude();
    if (!connection.is_over) TakeRequest(connection);
  }
}

void Platform::TakeRequest(Connection& connection) {
  auto request = connection.reader.PeekHead();
  if (!request) return;
  if (!ActsOnHead(*request)) request = connection.reader.Take();
  if (!request) return;
  request->number = requests_.size();
  request->connection = connection.number;
  connection.request = request;
  requests_.push_back(*std::move(request));
  changed_.NotifyAll();
}

bool Platform::ActsOnHead(const Request& head) const {
  const auto& queue = IsPoll(head) ? next_answers_ : post_answers_;
  return !queue.empty() && queue.front().when == Answer::When::kHeadRead;
}

void Platform::TakeAnswer(Connection& connection) {
  auto& answer = connection.answer;
  const bool is_poll = IsPoll(*connection.request);
  auto& queue = is_poll ? next_answers_ : post_answers_;
  if (!queue.empty()) {
    answer = std::move(queue.front());
    queue.pop_front();
  } else if (!is_poll) {
    answer = Respond(200);
  }
}

bool Platform::Hangs(Answer& answer) {
  if (answer.when != Answer::When::kReleased) return false;
  if (releases_ == 0) return true;
  --releases_;
  answer.when = Answer::When::kRequestRead;
  return false;
}

}  // namespace openfc::testing
