#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace openfc {

/// The memory of a ReceiveBuffer: a part of the shared page, so that rloader finds there what a
/// runtime had read when it died; or a process's own, for a connection on which nothing comes that
/// anybody else would have to answer.
struct ReceiveMemory {
  static constexpr std::size_t kBytes = 64UL * 1024;  // The longest head of an answer.

  std::atomic<std::uint32_t> is_taken;
  std::atomic<std::uint32_t> position;  // See ReceiveBuffer::kContentShift.
  char bytes[kBytes];                   // NOLINT(modernize-avoid-c-arrays): laid out for sharing.
};

/// What a connection has read and not yet used.
///
/// recv(2) writes straight into it, so that what came is there for others to see even when the
/// process dies before its next instruction. Zeros stand where nothing has been read: what is used
/// up is erased. One thread's.
class ReceiveBuffer {
 public:
  /// In memory of its own.
  ReceiveBuffer();
  /// In `memory`, zeroed and taken by the caller; given back when the buffer goes.
  explicit ReceiveBuffer(ReceiveMemory& memory) : memory_(&memory) {}
  ReceiveBuffer(ReceiveBuffer&& other) noexcept;
  ReceiveBuffer& operator=(ReceiveBuffer&&) = delete;
  ~ReceiveBuffer();

  std::string_view unread() const { return {memory_->bytes + begin_, end_ - begin_}; }

  /// Where the next read may go; empty when an answer's head is longer than all of it.
  std::span<char> Room();
  /// The first `count` bytes of Room() have been filled.
  void Commit(std::size_t count) { end_ += count; }

  /// What the unread bytes begin with: tells rloader where an invocation may stand that no row
  /// knows of yet. An event's own bytes are never looked at.
  enum class Content : std::uint32_t { kNothing = 0, kPollAnswer = 1, kPostAnswerThenPoll = 2 };
  void Expect(Content content);

  /// The first `count` unread bytes are dealt with.
  void Use(std::size_t count);
  /// The same, and what follows them is `next`: rloader never sees the one without the other.
  void Use(std::size_t count, Content next);
  void Clear();

  /// `ReceiveMemory::position`: where the unread bytes begin, and above it what they are.
  static constexpr std::uint32_t kContentShift = 24;

 private:
  void Mark();

  std::unique_ptr<ReceiveMemory> own_;
  ReceiveMemory* memory_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Content content_ = Content::kNothing;
};

}  // namespace openfc
