#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace openfc {

/// What a caller should do about a failure; the message says what happened.
enum class ErrorCode {
  kUnavailable,      // The other side cannot be reached now: try again later.
  kProtocol,         // The other side spoke nonsense or refused: trying the same again is useless.
  kInvalidArgument,  // What a person gave is wrong: tell them.
  kCancelled,        // We were asked to stop: stop.
  kSystem,           // The operating system refused: give up, with its words.
};

/// An expected failure. `message` is one sentence without a full stop, fit for a person, and holds
/// neither payloads nor secrets.
struct Error {
  ErrorCode code;
  std::string message;
};

/// `what`, then the operating system's words for `error_number`.
Error SystemError(const std::string& what, int error_number);

/// A value, or the reason why there is none.
template <typename T>
class [[nodiscard]] Expected {
 public:
  // Both conversions are implicit, so that a function returns either of them plainly.
  Expected(T value) : content_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Expected(Error error) : content_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return content_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  /// Only when there is a value.
  T& value() & {
    assert(has_value());
    return *std::get_if<0>(&content_);
  }
  const T& value() const& {
    assert(has_value());
    return *std::get_if<0>(&content_);
  }
  T&& value() && {
    assert(has_value());
    return std::move(*std::get_if<0>(&content_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// Only when there is none.
  const Error& error() const {
    assert(!has_value());
    return *std::get_if<1>(&content_);
  }

 private:
  std::variant<T, Error> content_;
};

/// Success without a value, or the reason of the failure.
using Status = Expected<std::monostate>;
inline Status Ok() { return std::monostate{}; }

}  // namespace openfc
