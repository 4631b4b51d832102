#pragma once

#include "runtime/http/web_socket_frames.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace openfc::http {

/// How a frame is to differ from a good one.
struct FrameTraits {
  bool is_final = true;
  std::uint8_t reserved = 0;  // As it stands in the first byte.
};

/// A frame as clients send them: masked.
inline std::string ClientFrame(Opcode opcode, std::string_view payload, FrameTraits traits = {}) {
  constexpr std::string_view kKey("\x12\x34\x56\x78", 4);
  std::string frame;
  AppendFrame(opcode, payload, frame);
  if (!traits.is_final) frame[0] = static_cast<char>(frame[0] & 0x7F);
  frame[0] = static_cast<char>(frame[0] | traits.reserved);
  frame[1] = static_cast<char>(frame[1] | 0x80);
  const std::size_t head = frame.size() - payload.size();
  frame.insert(head, kKey);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    const std::size_t at = head + kKey.size() + i;
    frame[at] = static_cast<char>(frame[at] ^ kKey[i % kKey.size()]);
  }
  return frame;
}

}  // namespace openfc::http
