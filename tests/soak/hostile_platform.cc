#include "tests/soak/hostile_platform.h"

#include "tests/fakes/local_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <sstream>
#include <stdexcept>

namespace openfc::soak {
namespace {

using testing::Request;

constexpr std::string_view kIdStart = "/runtime/invocation/";

/// Both ends are held, so that it never reads as ended.
UniqueFd MakePipe(const std::filesystem::path& path) {
  if (::mkfifo(path.c_str(), 0600) != 0) throw std::runtime_error("mkfifo failed");
  return UniqueFd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
}

std::string IdIn(const std::string& path) {
  const auto start = path.find(kIdStart);
  if (start == std::string::npos) return "";
  const auto from = start + kIdStart.size();
  return path.substr(from, path.find('/', from) - from);
}

Post PostIn(const Request& request) {
  return {
      .id = IdIn(request.path), .is_error = request.path.ends_with("/error"), .body = request.body};
}

/// Whether the last packet of the connection was a reset, as far as the kernel tells: the failure
/// of a read, or what a write after the peer's end has left behind.
bool WasReset(const UniqueFd& socket, ssize_t read) {
  int failure = 0;
  socklen_t length = sizeof(failure);
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &failure, &length);
  return read < 0 || failure != 0;
}

}  // namespace

HostilePlatform::HostilePlatform(const std::filesystem::path& runs)
    : runs_(MakePipe(runs)), listener_(testing::BindLocal()), port_(testing::PortOf(listener_)) {
  ::listen(listener_.get(), SOMAXCONN);
}

void HostilePlatform::Run(Conduct& conduct, std::chrono::seconds patience) {
  while (!conduct.IsDone()) {
    Serve(conduct);
    if (conduct.IsDone()) return;
    if (!Wait(patience)) throw std::runtime_error("nothing has happened for a long time");
  }
}

void HostilePlatform::Serve(Conduct& conduct) {
  AcceptAgain();
  if (!refusing_until_) AcceptAll();
  ReadRuns(conduct);
  for (Peer& peer : peers_) Read(conduct, peer);
  for (Peer& peer : peers_) Advance(conduct, peer);
  std::erase_if(peers_, [](const Peer& peer) { return peer.is_over; });
}

bool HostilePlatform::Wait(std::chrono::seconds patience) {
  const auto now = Clock::now();
  const auto until = NextDue(now + patience);
  auto watched = Watched();
  const auto length = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
  const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(std::max(length, {})));
  return ready > 0 || until < now + patience;
}

std::vector<pollfd> HostilePlatform::Watched() const {
  std::vector<pollfd> watched = {{.fd = runs_.get(), .events = POLLIN, .revents = 0}};
  if (!refusing_until_) watched.push_back({.fd = listener_.get(), .events = POLLIN, .revents = 0});
  for (const Peer& peer : peers_) {
    const bool has_output = peer.move && !peer.is_sent && peer.due <= Clock::now();
    const int events = has_output ? POLLIN | POLLOUT : POLLIN;
    watched.push_back(
        {.fd = peer.socket.get(), .events = static_cast<short>(events), .revents = 0});
  }
  return watched;
}

HostilePlatform::Clock::time_point HostilePlatform::NextDue(Clock::time_point latest) const {
  const auto now = Clock::now();
  if (refusing_until_) latest = std::min(latest, *refusing_until_);
  for (const Peer& peer : peers_) {
    const bool waits = peer.move && (peer.is_sent || peer.due > now);
    if (waits) latest = std::min(latest, peer.due);
  }
  return latest;
}

void HostilePlatform::AcceptAll() {
  while (true) {
    UniqueFd socket = testing::AcceptNext(listener_);
    if (!socket.is_open()) return;
    peers_.push_back({.number = accepted_++, .socket = std::move(socket)});
  }
}

void HostilePlatform::ReadRuns(Conduct& conduct) {
  std::array<char, 4096> bytes;
  ssize_t length = 0;
  while ((length = ::read(runs_.get(), bytes.data(), bytes.size())) > 0) {
    run_text_.append(bytes.data(), static_cast<std::size_t>(length));
  }
  for (auto end = run_text_.find('\n'); end != std::string::npos; end = run_text_.find('\n')) {
    std::istringstream line(run_text_.substr(0, end));
    run_text_.erase(0, end + 1);
    std::string id;
    pid_t process = 0;
    if (line >> id >> process) conduct.OnRun(id, process);
  }
}

void HostilePlatform::Read(Conduct& conduct, Peer& peer) {
  std::array<char, 65536> bytes;
  while (!peer.is_over) {
    const ssize_t length = ::recv(peer.socket.get(), bytes.data(), bytes.size(), 0);
    if (length < 0 && errno == EAGAIN) return;
    if (length > 0) {
      peer.reader.Add({bytes.data(), static_cast<std::size_t>(length)});
      continue;
    }
    TakeLastPosts(conduct, peer);
    peer.is_over = true;
    conduct.OnConnectionEnd(peer.number, peer.was_refused || WasReset(peer.socket, length));
  }
}

/// What came before the end still counts: a post that was sent whole is a post. A poll is none: who
/// asked is gone.
void HostilePlatform::TakeLastPosts(Conduct& conduct, Peer& peer) {
  while (const auto request = peer.reader.Take()) {
    if (request->method == "GET") return;
    (void)conduct.OnPost(PostIn(*request));
  }
}

void HostilePlatform::Advance(Conduct& conduct, Peer& peer) {
  while (!peer.is_over && !peer.hangs) {
    if (!peer.move) ChooseMove(conduct, peer);
    if (!peer.move || Clock::now() < peer.due) return;
    const bool was_sent = peer.is_sent;
    Make(peer);
    if (peer.move && peer.is_sent == was_sent) return;
  }
}

void HostilePlatform::ChooseMove(Conduct& conduct, Peer& peer) {
  const auto head = peer.reader.PeekHead();
  if (!head) return;
  const auto whole = peer.reader.Take();
  Decide(conduct, peer, whole ? *whole : *head, whole.has_value());
  if (!peer.move) return;
  peer.due = Clock::now() + peer.move->delay;
  peer.is_sent = false;
}

void HostilePlatform::Decide(Conduct& conduct, Peer& peer, const Request& request, bool is_whole) {
  if (request.method == "GET") {
    peer.move = conduct.OnPoll(peer.number);
    peer.hangs = !peer.move;
  } else if (!is_whole) {
    peer.move = conduct.OnPostHead(IdIn(request.path));
  } else {
    peer.move = conduct.OnPost(PostIn(request));
  }
}

/// A step of the move, when it is due.
void HostilePlatform::Make(Peer& peer) {
  if (!peer.is_sent) Send(peer);
  if (peer.is_over || !peer.is_sent || Clock::now() < peer.due) return;
  Conclude(peer);
}

void HostilePlatform::Send(Peer& peer) {
  Move& move = *peer.move;
  while (!move.bytes.empty()) {
    const std::size_t length = move.in_single_bytes ? 1 : move.bytes.size();
    const ssize_t sent = ::send(peer.socket.get(), move.bytes.data(), length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) {
      peer.was_refused = true;  // The kernel tells of a reset once: here, and not to the next read.
      break;
    }
    move.bytes.erase(0, static_cast<std::size_t>(sent));
  }
  peer.is_sent = true;
  peer.due = Clock::now() + move.pause;
}

void HostilePlatform::Conclude(Peer& peer) {
  const Move move = *std::exchange(peer.move, std::nullopt);
  if (move.then) move.then();
  if (move.refuse_for.count() > 0) Refuse(move.refuse_for);
  if (move.end == Move::End::kReset) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(peer.socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }
  peer.hangs = move.end == Move::End::kSilent;
  peer.is_over = move.end == Move::End::kClose || move.end == Move::End::kReset;
}

void HostilePlatform::Refuse(std::chrono::milliseconds length) {
  AcceptAll();  // Who waits in the backlog was not refused.
  listener_.Reset();
  listener_ = testing::BindLocal(port_);
  refusing_until_ = Clock::now() + length;
}

void HostilePlatform::AcceptAgain() {
  if (!refusing_until_ || Clock::now() < *refusing_until_) return;
  refusing_until_.reset();
  ::listen(listener_.get(), SOMAXCONN);
}

}  // namespace openfc::soak
