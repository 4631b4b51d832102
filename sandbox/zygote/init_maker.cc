#include "sandbox/zygote/init_maker.h"

#include "sandbox/isolation/close_all_but.h"
#include "sandbox/isolation/world_init.h"
#include "sandbox/wire/channel.h"
#include "sandbox/wire/pack.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace openfc::sandbox {
namespace {

constexpr std::size_t kMaxRequest = 64U << 10;

/// What is asked for: a pack of the paths, with the link beside it.
Expected<pid_t> Serve(std::string_view request, const std::vector<UniqueFd>& descriptors) {
  const auto paths = Unpack(request);
  if (!paths) return paths.error();
  if (descriptors.size() != 1) return Error{ErrorCode::kProtocol, "an init without a link"};
  return ForkInitForParent(*paths, descriptors[0].get());
}

[[noreturn]] void BeMaker(int socket) {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  (void)::prctl(PR_SET_NAME, "sandbox-inits");
  CloseAllBut({socket, STDERR_FILENO});
  std::vector<char> request(kMaxRequest);
  while (true) {
    const auto packet = ReceivePacket(socket, std::as_writable_bytes(std::span(request)));
    if (!packet) ::_exit(0);
    const auto init = Serve({request.data(), packet->size}, packet->descriptors);
    const pid_t answer = init ? *init : -1;
    if (!SendMessage(socket, answer)) ::_exit(0);
  }
}

}  // namespace

Expected<std::unique_ptr<InitMaker>> InitMaker::Start() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return SystemError("cannot make a socket pair", errno);
  }
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  const pid_t maker = ::fork();
  if (maker == 0) BeMaker(theirs.get());
  if (maker < 0) return SystemError("cannot fork", errno);
  // Not make_unique: the constructor is private.
  return std::unique_ptr<InitMaker>(new InitMaker(std::move(ours)));
}

Expected<pid_t> InitMaker::ForkInit(const std::vector<std::string>& read_paths, int link) const {
  const std::string request = Pack(read_paths);
  const std::array<int, 1> travelling{link};
  pid_t init = -1;
  const bool is_made =
      SendPacket(socket_.get(), std::as_bytes(std::span(request)), travelling).has_value() &&
      ReceiveMessage(socket_.get(), init).has_value() && init > 0;
  if (is_made) return init;
  return sandbox::ForkInit(read_paths, link);
}

}  // namespace openfc::sandbox
