#pragma once

namespace openfc::python {

/// Python's global lock, held for a scope. Any Python object is touched, and dropped, under one.
///
/// In the thread that started the interpreter this takes back the thread state that the start left
/// behind; no state is made. Scopes nest. Never held across network I/O.
class Gil {
 public:
  Gil();
  ~Gil();
  Gil(const Gil&) = delete;
  Gil& operator=(const Gil&) = delete;

 private:
  int state_;
};

}  // namespace openfc::python
