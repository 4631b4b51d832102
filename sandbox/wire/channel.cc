#include "sandbox/wire/channel.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace openfc::sandbox {
namespace {

struct alignas(cmsghdr) ControlRoom {
  std::array<char, CMSG_SPACE(kMaxDescriptors * sizeof(int))> bytes{};
};

Error Gone(const char* what) {
  return Error{ErrorCode::kUnavailable, SystemError(what, errno).message};
}

}  // namespace

Status SendPacket(int socket, std::span<const std::byte> bytes, std::span<const int> descriptors) {
  ControlRoom room;
  // The kernel takes a pointer to non-const, and only reads.
  iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = room.bytes.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* control = CMSG_FIRSTHDR(&message);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(control), descriptors.data(), descriptors.size_bytes());
  }
  while (::sendmsg(socket, &message, MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return Gone("cannot send a packet");
  }
  return Ok();
}

Expected<Packet> ReceivePacket(int socket, std::span<std::byte> bytes) {
  ControlRoom room;
  iovec part{bytes.data(), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = room.bytes.data();
  message.msg_controllen = room.bytes.size();
  ssize_t size = 0;
  while ((size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  if (size < 0) return Gone("cannot receive a packet");
  Packet packet{.size = static_cast<std::size_t>(size), .descriptors = {}};
  for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr;
       control = CMSG_NXTHDR(&message, control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    std::vector<int> numbers(count);
    std::memcpy(numbers.data(), CMSG_DATA(control), count * sizeof(int));
    for (const int number : numbers) packet.descriptors.emplace_back(number);
  }
  errno = 0;
  if (size == 0) return Error{ErrorCode::kUnavailable, "the other side is gone"};
  return packet;
}

Expected<UniqueFd> MemoryFile(std::string_view text) {
  UniqueFd file(::memfd_create("openfc", MFD_CLOEXEC));
  if (!file.is_open()) return SystemError("cannot make a file in memory", errno);
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written =
        ::pwrite(file.get(), text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (written < 0) return SystemError("cannot fill a file in memory", errno);
    done += static_cast<std::size_t>(written);
  }
  return file;
}

Expected<std::string> ReadMemoryFile(int fd) {
  struct stat about {};
  if (::fstat(fd, &about) != 0) return SystemError("cannot look at a file in memory", errno);
  std::string text(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t got =
        ::pread(fd, text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (got <= 0) return SystemError("cannot read a file in memory", errno);
    done += static_cast<std::size_t>(got);
  }
  return text;
}

}  // namespace openfc::sandbox
