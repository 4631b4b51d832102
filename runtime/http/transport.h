#pragma once

#include "runtime/http/input_buffer.h"
#include "runtime/http/outbox.h"
#include "runtime/http/reactor.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>

namespace openfc::http {

/// Who uses a Transport, told of what happens to it. Shared by the operations under way, which may
/// end after the transport was closed.
class TransportOwner : public std::enable_shared_from_this<TransportOwner> {
 public:
  virtual ~TransportOwner() = default;

  /// `count` bytes have come to where the read was to put them.
  enum class Into { kInput, kSpace };
  virtual void OnRead(std::size_t count, Into where) = 0;
  /// The peer sends no more; it may still read: when that ends, too, OnBroken() says so.
  virtual void OnReadEnd() = 0;
  /// The kernel takes more.
  virtual void OnRoom() = 0;
  /// Neither way works any more, or the peer took too long to take what it is sent.
  virtual void OnBroken() = 0;
};

/// The socket of a connection with what it has read and has yet to send. On the server's thread
/// only; calls its owner from operations that end, never from its own functions, but for Flush(),
/// which may find the connection broken.
class Transport {
 public:
  Transport(Socket socket, TransportOwner& owner, std::size_t max_input,
            std::chrono::milliseconds write_patience);

  InputBuffer& input() { return input_; }
  Outbox& outbox() { return outbox_; }
  int fd() { return socket_.native_handle(); }
  Executor executor() { return socket_.get_executor(); }

  /// Reads into `space`, or into the input where it is empty. Does nothing while a read is under
  /// way, after the end, or where there is no room.
  void KeepReading(std::span<char> space);
  bool is_reading() const { return is_reading_; }
  bool saw_end() const { return saw_end_; }

  /// Sends what the kernel takes, and watches for more room if that is not all.
  void Flush();
  bool IsFlushed() const { return outbox_.empty() && !is_writing_; }

  /// No more is sent.
  void ShutDown();
  /// For the peer at once, also where a process that user code has forked has a duplicate.
  void Close();
  /// As Close(), but so that the peer sees that it was no regular end.
  void CloseHard();

 private:
  void AwaitRoom();
  void AwaitBreak();
  void EndWait();
  void Release();

  Socket socket_;
  Timer write_timer_;
  TransportOwner& owner_;
  const std::chrono::milliseconds write_patience_;
  InputBuffer input_;
  Outbox outbox_;
  bool is_reading_ = false;
  bool is_writing_ = false;  // Waiting until the kernel takes more.
  bool saw_end_ = false;
};

}  // namespace openfc::http
