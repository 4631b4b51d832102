#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <cstdint>
#include <string>

namespace openfc::http {

/// A TCP socket that listens on `address` (IPv4 or IPv6, no names) and `port` (0: the system
/// chooses). Non-blocking and close-on-exec. A port that another socket listens on is refused, also
/// when that socket is ours; kInvalidArgument with a sentence that says what to do.
Expected<UniqueFd> Listen(const std::string& address, std::uint16_t port);

/// A Unix socket that listens under an abstract name, which the system chooses: for clients on this
/// machine and in this network namespace, of any user. Non-blocking and close-on-exec.
Expected<UniqueFd> ListenLocally();

/// The name of such a socket: @ and what follows the zero byte.
Expected<std::string> LocalName(const UniqueFd& socket);

/// Makes a socket that listens fit for a server: non-blocking, and its clients' sockets, which take
/// these from it, without delay and watched for dead peers. kInvalidArgument when it does not
/// listen.
Status PrepareListener(const UniqueFd& socket);

/// The port that a listening socket has got.
Expected<std::uint16_t> LocalPort(const UniqueFd& socket);

}  // namespace openfc::http
