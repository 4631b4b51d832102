#include "runtime/http/transport.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace openfc::http {

Transport::Transport(Socket socket, TransportOwner& owner, std::size_t max_input,
                     std::chrono::milliseconds write_patience)
    : socket_(std::move(socket)),
      write_timer_(socket_.get_executor()),
      owner_(owner),
      write_patience_(write_patience),
      input_(max_input) {}

void Transport::KeepReading(std::span<char> space) {
  if (is_reading_ || saw_end_ || !socket_.is_open()) return;
  const auto where = space.empty() ? TransportOwner::Into::kInput : TransportOwner::Into::kSpace;
  const std::span<char> room = space.empty() ? input_.Room() : space;
  if (room.empty()) return;
  is_reading_ = true;
  socket_.async_read_some(
      asio::buffer(room.data(), room.size()),
      [this, owner = owner_.shared_from_this(), where](const IoError& error, std::size_t count) {
        is_reading_ = false;
        if (!socket_.is_open()) return;
        if (!error) {
          owner->OnRead(count, where);
        } else if (error == asio::error::eof) {
          saw_end_ = true;
          AwaitBreak();
          owner->OnReadEnd();
        } else {
          owner->OnBroken();
        }
      });
}

void Transport::Flush() {
  while (!is_writing_ && !outbox_.empty() && socket_.is_open()) {
    std::array<iovec, 16> pieces;
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = outbox_.Describe(pieces);
    const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      outbox_.Drop(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      AwaitRoom();
    } else if (errno != EINTR) {
      owner_.OnBroken();
      return;
    }
  }
}

void Transport::AwaitRoom() {
  is_writing_ = true;
  const auto owner = owner_.shared_from_this();
  socket_.async_wait(Socket::wait_write, [this, owner](const IoError&) {
    if (!socket_.is_open()) return;
    EndWait();
    owner->OnRoom();
  });
  write_timer_.expires_after(write_patience_);
  write_timer_.async_wait([this, owner](const IoError& error) {
    const bool is_due = !error && write_timer_.expiry() <= Clock::now();  // Not set anew since.
    if (is_due && is_writing_ && socket_.is_open()) owner->OnBroken();
  });
}

/// Without a read under way nothing else would say that a silent peer has reset the connection.
void Transport::AwaitBreak() {
  const auto owner = owner_.shared_from_this();
  socket_.async_wait(Socket::wait_error, [this, owner](const IoError& error) {
    if (error || !socket_.is_open()) return;
    pollfd seen{.fd = socket_.native_handle(), .events = 0, .revents = 0};
    const bool is_broken = ::poll(&seen, 1, 0) > 0 && (seen.revents & (POLLERR | POLLHUP)) != 0;
    // Otherwise it was urgent data, which is there for good: not waited for again.
    if (is_broken) owner->OnBroken();
  });
}

void Transport::EndWait() {
  is_writing_ = false;
  write_timer_.cancel();
}

void Transport::ShutDown() {
  IoError ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Transport::Close() {
  IoError ignored;
  socket_.shutdown(Socket::shutdown_both, ignored);
  Release();
}

void Transport::CloseHard() {
  const linger hard{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
  // Resets at once, where closing would only do so with the last duplicate.
  const sockaddr nobody{.sa_family = AF_UNSPEC, .sa_data = {}};
  // A Unix socket knows a regular end only.
  if (::connect(socket_.native_handle(), &nobody, sizeof(nobody)) != 0) return Close();
  Release();
}

void Transport::Release() {
  IoError ignored;
  write_timer_.cancel();
  socket_.close(ignored);
}

}  // namespace openfc::http
