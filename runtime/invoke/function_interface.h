#pragma once

namespace openfc {

/// How a function is called: with an event and a context, or with requests as the web application
/// that it is.
enum class FunctionInterface { kEvent, kWsgi, kAsgi };

/// What a language learns of a function when it loads it.
struct LoadedFunction {
  FunctionInterface interface = FunctionInterface::kEvent;
  bool is_async = false;     // Many of its invocations run in one thread.
  bool drives_door = false;  // That thread runs the door, too (driven_door.h).
};

}  // namespace openfc
