#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace openfc::http {

/// What frames mean (RFC 6455, 5.2).
enum class Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

/// Close codes that we say (RFC 6455, 7.4.1).
namespace close_code {
constexpr int kNormal = 1000;
constexpr int kGoingAway = 1001;
constexpr int kProtocolError = 1002;
constexpr int kNone = 1005;  // Never sent: the close frame named no code.
constexpr int kLost = 1006;  // Never sent: the connection ended without a close frame.
constexpr int kNotUtf8 = 1007;
constexpr int kTooLarge = 1009;
constexpr int kInternal = 1011;
}  // namespace close_code

/// True for those that an endpoint may send.
bool MayBeSent(int code);

/// Appends one whole frame of a server's.
void AppendFrame(Opcode opcode, std::string_view payload, std::string& out);

/// A close frame's payload; its reason is cut to what fits, between characters.
std::string ClosePayload(int code, std::string_view reason);

bool IsUtf8(std::string_view text);

/// Puts a client's frames together to messages, strictly: every frame masked, no reserved bits or
/// opcodes, control frames whole and small, lengths in their shortest form, text and reasons in
/// UTF-8. A message that grows beyond its limit is refused before it is kept.
class FrameReader {
 public:
  explicit FrameReader(std::size_t max_message) : max_message_(max_message) {}

  /// A message, or a ping, a pong or a close with its payload; never kContinuation.
  struct Item {
    Opcode opcode = Opcode::kBinary;
    std::string payload;
  };
  struct Violation {
    int code = close_code::kProtocolError;
    std::string reason;
  };

  /// Uses bytes from the front of `bytes` and shortens it by them; what is left is to be offered
  /// again with what follows. Nothing: it needs more. After a violation no more may be fed.
  std::optional<std::variant<Item, Violation>> Feed(std::string_view& bytes);

 private:
  struct Head {
    bool is_final = false;
    Opcode opcode = Opcode::kContinuation;
    std::size_t left = 0;  // Of the payload.
    std::uint32_t key = 0;
    std::size_t offset = 0;  // Into the payload: which byte of the key is next.
  };

  /// Nothing: it needs more.
  std::optional<std::variant<Head, Violation>> ReadHead(std::string_view& bytes) const;
  std::optional<Violation> Check(const Head& head) const;
  void ReadPayload(std::string_view& bytes);
  std::optional<std::variant<Item, Violation>> FinishFrame();

  bool IsControl() const { return head_->opcode >= Opcode::kClose; }

  const std::size_t max_message_;
  std::optional<Head> head_;  // Of the frame whose payload is being read.
  std::string control_;
  std::optional<Item> message_;  // As far as it came.
};

}  // namespace openfc::http
