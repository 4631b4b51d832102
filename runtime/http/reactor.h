#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>

// What of Asio this folder uses, by names of ours. For its own sources only.
namespace openfc::http {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using IoError = boost::system::error_code;
// The executor is named, so that no operation goes through a type-erased one.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

}  // namespace openfc::http
