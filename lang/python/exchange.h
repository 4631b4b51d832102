#pragma once

#include "lang/python/loop_inbox.h"
#include "lang/python/this_process.h"
#include "runtime/invoke/invocation.h"
#include "runtime/invoke/reply.h"

#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace openfc::python {

/// One invocation and the right to answer it in the hands of Python: the type
/// `_openfc.native.Exchange`. Whatever goes out, comes in or is let go does so without the GIL, but
/// every function needs it.
///
/// An answer is begun with start(), and is then sent whole, or begun and written piece by piece, or
/// it is an upgrade. What was not finished when the exchange is closed, or goes, is cut off. What
/// does not block takes a ticket, with which the inbox is woken when it is worth trying again.
///
/// A process that user code forked is nobody's to answer for: in it everything is without effect,
/// and the client has gone.
class Exchange {
 public:
  Exchange(std::unique_ptr<Invocation> invocation, Reply reply);
  ~Exchange() { Close(); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const Invocation& invocation() const { return *invocation_; }

  /// The whole body, the first time; None when it comes piece by piece.
  pybind11::object TakeBody();

  /// More of the body, empty at its end. ConnectionResetError when the client went away.
  pybind11::object Read();
  /// As Read(), or None: the ticket will say when.
  pybind11::object TryRead(const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket);

  /// Status and headers, as ResponseHead() wants them. Nothing is sent yet, and they may be
  /// replaced until something is.
  void Start(int status, pybind11::handle headers);
  void Send(const pybind11::handle& body);
  void Begin();
  /// Blocks while the client is slow. False: it went away.
  bool Write(const pybind11::handle& chunk);
  /// Whether the next chunk is welcome now; if not, the ticket will say when. None: nobody is there
  /// any more.
  pybind11::object TryWrite(const pybind11::handle& chunk, const std::shared_ptr<LoopInbox>& inbox,
                            std::uint64_t ticket);
  void Finish();

  /// A failure where nothing was begun; otherwise the reply is cut off, or it is over anyway.
  void Answer(Outcome outcome);

  /// The ticket will say when the client sends no more, or is gone, as Reply has it. Before
  /// anything is sent or begun, each once.
  void WatchHalfClosed(const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket);
  void WatchGone(const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket);

  /// The answer becomes a channel of messages.
  void Accept(pybind11::handle headers);
  /// (True, str or bytes), (False, (code, reason)), or None: the ticket will say when.
  pybind11::object Receive(const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket);
  /// As TryWrite().
  pybind11::object SendMessage(bool is_text, const pybind11::handle& data,
                               const std::shared_ptr<LoopInbox>& inbox, std::uint64_t ticket);
  void CloseChannel(int code, std::string reason);

  /// Lets everything go.
  void Close();

 private:
  // The ways to the client. Null: not yet, or not any more.
  struct Ways {
    std::unique_ptr<BodyReader> reader;
    std::optional<Reply> reply;
    std::unique_ptr<BodyWriter> writer;
    std::unique_ptr<MessageChannel> channel;
  };
  static Ways WaysOf(Invocation& invocation, Reply reply);

  const std::unique_ptr<Invocation> invocation_;
  const bool has_reader_;
  OfThisProcess<Ways> ways_;
  std::optional<StreamHead> head_;
};

}  // namespace openfc::python
