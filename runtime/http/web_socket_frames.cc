#include "runtime/http/web_socket_frames.h"

#include <boost/beast/websocket/detail/utf8_checker.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace openfc::http {
namespace {

constexpr std::size_t kMaxControl = 125;
constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kMasked = 0x80;

std::uint8_t ByteAt(std::string_view bytes, std::size_t index) {
  return static_cast<std::uint8_t>(bytes[index]);
}

std::uint64_t BigEndian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) number = number << 8U | ByteAt(bytes, i);
  return number;
}

void AppendBigEndian(std::uint64_t number, std::size_t size, std::string& out) {
  for (std::size_t i = size; i-- > 0;) out.push_back(static_cast<char>(number >> (8 * i) & 0xFFU));
}

bool IsKnown(std::uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

FrameReader::Violation Broken(std::string reason) {
  return {.code = close_code::kProtocolError, .reason = std::move(reason)};
}

}  // namespace

bool MayBeSent(int code) {
  const bool is_named = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
  return is_named || (code >= 3000 && code <= 4999);
}

void AppendFrame(Opcode opcode, std::string_view payload, std::string& out) {
  out.push_back(static_cast<char>(kFinal | static_cast<std::uint8_t>(opcode)));
  if (payload.size() <= kMaxControl) {
    out.push_back(static_cast<char>(payload.size()));
  } else if (payload.size() <= 0xFFFF) {
    out.push_back(126);
    AppendBigEndian(payload.size(), 2, out);
  } else {
    out.push_back(127);
    AppendBigEndian(payload.size(), 8, out);
  }
  out.append(payload);
}

std::string ClosePayload(int code, std::string_view reason) {
  std::size_t size = std::min(reason.size(), kMaxControl - 2);
  while (size > 0 && size < reason.size() && (ByteAt(reason, size) & 0xC0U) == 0x80U) --size;
  std::string payload;
  AppendBigEndian(static_cast<std::uint64_t>(code), 2, payload);
  if (IsUtf8(reason.substr(0, size))) payload.append(reason.substr(0, size));
  return payload;
}

bool IsUtf8(std::string_view text) {
  return boost::beast::websocket::detail::check_utf8(text.data(), text.size());
}

std::optional<std::variant<FrameReader::Item, FrameReader::Violation>> FrameReader::Feed(
    std::string_view& bytes) {
  for (;;) {
    if (!head_) {
      auto head = ReadHead(bytes);
      if (!head) return std::nullopt;
      if (auto* const violation = std::get_if<Violation>(&*head)) return std::move(*violation);
      head_ = std::get<Head>(*head);
    }
    ReadPayload(bytes);
    if (head_->left > 0) return std::nullopt;
    if (auto finished = FinishFrame()) return finished;
  }
}

std::optional<std::variant<FrameReader::Head, FrameReader::Violation>> FrameReader::ReadHead(
    std::string_view& bytes) const {
  if (bytes.size() < 2) return std::nullopt;
  const std::uint8_t first = ByteAt(bytes, 0);
  const std::uint8_t second = ByteAt(bytes, 1);
  if ((first & kReserved) != 0) return Broken("a reserved bit is set");
  if (!IsKnown(first & 0x0FU)) return Broken("the opcode is unknown");
  if ((second & kMasked) == 0) return Broken("a frame of a client must be masked");
  const std::uint8_t short_length = second & 0x7FU;
  const std::size_t more = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
  if (bytes.size() < 2 + more + 4) return std::nullopt;
  const std::uint64_t length = more == 0 ? short_length : BigEndian(bytes.substr(2, more));
  const std::uint64_t shortest = more == 0 ? 0 : more == 2 ? kMaxControl + 1 : 0x10000;
  if (length < shortest) return Broken("a length is not in its shortest form");
  Head head{.is_final = (first & kFinal) != 0, .opcode = static_cast<Opcode>(first & 0x0FU)};
  head.left = static_cast<std::size_t>(length);
  std::memcpy(&head.key, bytes.data() + 2 + more, sizeof(head.key));
  if (auto violation = Check(head)) return std::move(*violation);
  bytes.remove_prefix(2 + more + 4);
  return head;
}

std::optional<FrameReader::Violation> FrameReader::Check(const Head& head) const {
  if (head.opcode >= Opcode::kClose) {
    if (!head.is_final) return Broken("a control frame is in pieces");
    if (head.left > kMaxControl) return Broken("a control frame is too long");
    return std::nullopt;
  }
  const bool continues = head.opcode == Opcode::kContinuation;
  if (continues != message_.has_value()) {
    return Broken(continues ? "there is nothing to continue" : "a message is not finished");
  }
  const std::size_t before = message_ ? message_->payload.size() : 0;
  if (head.left > max_message_ - before) {
    return Violation{
        .code = close_code::kTooLarge,
        .reason = "the message exceeds the limit of " + std::to_string(max_message_) + " bytes"};
  }
  return std::nullopt;
}

void FrameReader::ReadPayload(std::string_view& bytes) {
  if (!IsControl() && head_->opcode != Opcode::kContinuation && !message_) {
    message_ = Item{.opcode = head_->opcode, .payload = {}};
  }
  std::string& payload = IsControl() ? control_ : message_->payload;
  const std::size_t count = std::min(bytes.size(), head_->left);
  const std::size_t begin = payload.size();
  payload.append(bytes.substr(0, count));
  std::array<char, 4> key;
  std::memcpy(key.data(), &head_->key, key.size());
  for (std::size_t i = 0; i < count; ++i) {
    payload[begin + i] = static_cast<char>(payload[begin + i] ^ key[(head_->offset + i) % 4]);
  }
  head_->offset = (head_->offset + count) % 4;
  head_->left -= count;
  bytes.remove_prefix(count);
}

std::optional<std::variant<FrameReader::Item, FrameReader::Violation>> FrameReader::FinishFrame() {
  const Head head = *std::exchange(head_, std::nullopt);
  if (head.opcode >= Opcode::kClose) {
    return Item{.opcode = head.opcode, .payload = std::exchange(control_, std::string())};
  }
  if (!head.is_final) return std::nullopt;
  Item message = *std::exchange(message_, std::nullopt);
  if (message.opcode == Opcode::kText && !IsUtf8(message.payload)) {
    return Violation{.code = close_code::kNotUtf8, .reason = "the text is not UTF-8"};
  }
  return message;
}

}  // namespace openfc::http
