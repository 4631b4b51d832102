#include "sandbox/zygote/init_maker.h"

#include "sandbox/isolation/world_init.h"
#include "sandbox/wire/channel.h"
#include "sandbox/wire/pack.h"
#include "sandbox/zygote/helper_process.h"

#include <array>
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

void ServeAll(int socket) {
  std::vector<char> request(kMaxRequest);
  while (true) {
    const auto packet = ReceivePacket(socket, std::as_writable_bytes(std::span(request)));
    if (!packet) return;
    const auto init = Serve({request.data(), packet->size}, packet->descriptors);
    const pid_t answer = init ? *init : -1;
    if (!SendMessage(socket, answer)) return;
  }
}

}  // namespace

Expected<std::unique_ptr<InitMaker>> InitMaker::Start() {
  auto socket = ForkHelper("sandbox-inits", ServeAll);
  if (!socket) return socket.error();
  // Not make_unique: the constructor is private.
  return std::unique_ptr<InitMaker>(new InitMaker(*std::move(socket)));
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
