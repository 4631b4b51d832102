#pragma once

namespace openfc::http {

/// Lets a thread that does not drive the server act as its thread for a moment, where it knows that
/// nobody drives meanwhile: what it sends takes the direct path. All functions may be called from
/// any thread, under locks of the server's; they do not wait.
class Gate {
 public:
  /// True: nobody drives before Leave(), which the same thread calls.
  virtual bool TryEnter() = 0;
  virtual void Leave() = 0;

  /// A thread that may not enter has left something for the one that drives: if there is none,
  /// there should be.
  virtual void CallDriver() = 0;

 protected:
  ~Gate() = default;
};

}  // namespace openfc::http
