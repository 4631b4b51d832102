#pragma once

#include "runtime/base/unique_fd.h"
#include "runtime/http/reactor.h"
#include "runtime/http/request.h"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <cstddef>
#include <functional>
#include <memory>

namespace openfc::http {

/// Takes clients from a listening socket, one at a time, so that processes which share it share
/// them too; none while there are as many as allowed, or the system has no room. On the server's
/// thread.
class Acceptor {
 public:
  using OnClient = std::function<void(Socket, std::shared_ptr<const Endpoints>)>;

  Acceptor(asio::io_context& io, UniqueFd listener, std::size_t max_clients, OnClient on_client);

  void Start() { AwaitClients(); }
  /// One that was taken is gone.
  void GiveBack();
  /// For good.
  void Stop();

 private:
  using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

  void AwaitClients();
  void Accept();
  void Pause(int error_number);

  asio::io_context& io_;
  Descriptor listener_;
  Timer pause_;
  const std::size_t max_clients_;
  const OnClient on_client_;
  std::size_t clients_ = 0;
  bool is_waiting_ = false;
};

}  // namespace openfc::http
