#pragma once

#include "lang/python/loop_inbox.h"
#include "lang/python/this_process.h"
#include "runtime/invoke/driven_door.h"

#include <pybind11/pybind11.h>

#include <memory>

namespace openfc::python {

/// A DrivenDoor in the hands of an event loop's selector: the type `_openfc.native.LoopDrive`. All
/// of it in the loop's thread, under the GIL.
///
/// In a process that user code forked the door is the parent's: there it is over.
class LoopDrive {
 public:
  /// `inbox` rings the door from now on. Until End() the door must live.
  LoopDrive(DrivenDoor& door, std::shared_ptr<LoopInbox> inbox);
  ~LoopDrive() { End(); }
  LoopDrive(const LoopDrive&) = delete;
  LoopDrive& operator=(const LoopDrive&) = delete;

  /// What Select() has found; any of them together.
  enum Found : int { kNothing = 0, kDescriptor = 1, kInbox = 2, kOver = 4 };

  /// Drives the door for so many seconds at most, None for as long as it takes: until one of the
  /// descriptors watched is ready, the inbox has something, the door is over, or it was woken.
  /// Without the GIL where it may wait.
  int Select(const pybind11::object& seconds);

  /// From now on Select() finds kDescriptor when that one, which it duplicates, is readable, and no
  /// earlier one any more.
  void Watch(int descriptor);

  /// The door is not touched any more, and the inbox rings as it did before.
  void End();

 private:
  DrivenDoor* Door() const { return process_.WasLeft() ? nullptr : door_; }

  DrivenDoor* door_;  // Null: ended.
  const std::shared_ptr<LoopInbox> inbox_;
  const std::shared_ptr<bool> is_ready_ = std::make_shared<bool>(false);  // Shared with the door.
  const ThisProcess process_;
};

/// For its scope, no event loop runs in this thread: for code that is called between two rounds of
/// one, and may run a loop of its own. Under the GIL.
class OutsideLoop {
 public:
  OutsideLoop();
  ~OutsideLoop();
  OutsideLoop(const OutsideLoop&) = delete;
  OutsideLoop& operator=(const OutsideLoop&) = delete;

 private:
  pybind11::object loop_;
};

}  // namespace openfc::python
