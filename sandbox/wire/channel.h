#pragma once

#include "runtime/base/error.h"
#include "runtime/base/unique_fd.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace openfc::sandbox {

/// The most descriptors that travel with one packet.
inline constexpr std::size_t kMaxDescriptors = 8;

/// Sends one packet on a SOCK_SEQPACKET socket; descriptors are borrowed. kUnavailable when the
/// other side is gone.
Status SendPacket(int socket, std::span<const std::byte> bytes, std::span<const int> descriptors);

struct Packet {
  std::size_t size = 0;
  std::vector<UniqueFd> descriptors;
};
/// Waits for one, into `bytes`. kUnavailable when the other side is gone, or (with a socket that
/// does not block) has sent nothing: errno tells.
Expected<Packet> ReceivePacket(int socket, std::span<std::byte> bytes);

/// The same for a struct that is the whole packet.
template <typename Message>
Status SendMessage(int socket, const Message& message, std::span<const int> descriptors = {}) {
  static_assert(std::is_trivially_copyable_v<Message>);
  return SendPacket(socket, std::as_bytes(std::span(&message, 1)), descriptors);
}
template <typename Message>
Expected<std::vector<UniqueFd>> ReceiveMessage(int socket, Message& message) {
  static_assert(std::is_trivially_copyable_v<Message>);
  auto packet = ReceivePacket(socket, std::as_writable_bytes(std::span(&message, 1)));
  if (!packet) return packet.error();
  if (packet->size != sizeof(Message)) {
    return Error{ErrorCode::kProtocol, "a packet of another size"};
  }
  return std::move(packet->descriptors);
}

/// A file in memory that holds `text`, at its beginning.
Expected<UniqueFd> MemoryFile(std::string_view text);

/// All of such a file, wherever its offset is.
Expected<std::string> ReadMemoryFile(int fd);

}  // namespace openfc::sandbox
