#include "sandbox/wire/messages.h"

#include "sandbox/wire/channel.h"
#include "sandbox/wire/pack.h"

#include <algorithm>
#include <utility>

namespace openfc::sandbox {

std::string PackPayload(const RunPayload& payload) {
  return Pack({payload.workspace, Pack(payload.environment), Pack(payload.arguments), payload.code,
               payload.file_name, payload.harness, payload.harness_input});
}

Expected<RunPayload> UnpackPayload(std::string_view pack) {
  auto texts = Unpack(pack);
  if (!texts) return texts.error();
  constexpr std::size_t kTexts = 7;
  if (texts->size() != kTexts) return Error{ErrorCode::kProtocol, "a payload of other texts"};
  auto& all = *texts;
  auto environment = Unpack(all[1]);
  auto arguments = Unpack(all[2]);
  if (!environment) return environment.error();
  if (!arguments) return arguments.error();
  return RunPayload{.workspace = std::move(all[0]),
                    .environment = *std::move(environment),
                    .arguments = *std::move(arguments),
                    .code = std::move(all[3]),
                    .file_name = std::move(all[4]),
                    .harness = std::move(all[5]),
                    .harness_input = std::move(all[6])};
}

Expected<RunPayload> ReadPayload(int fd) {
  const auto pack = ReadMemoryFile(fd);
  if (!pack) return pack.error();
  return UnpackPayload(*pack);
}

void SetText(Notice& notice, std::string_view text) {
  notice.text.fill('\0');
  const std::size_t size = std::min(text.size(), notice.text.size() - 1);
  std::copy_n(text.begin(), size, notice.text.begin());
}

}  // namespace openfc::sandbox
