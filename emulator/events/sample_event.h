#pragma once

#include "emulator/events/event_catalog.h"
#include "runtime/base/error.h"

#include <string>
#include <vector>

namespace openfc::emulator {

/// A field that shall have another value than in the sample.
struct EventSetting {
  std::string field;  // A short name of the type's, or a JSON pointer: to what the sample has, or
                      // to a new member of an object in it, which is text.
  std::string value;
};

/// The bytes that a trigger of this type hands to a function. A value takes the kind of what it
/// replaces: text is taken as it is; a number, a list or an object is JSON. kInvalidArgument with a
/// sentence for a field that the event does not have, and a value of another kind.
Expected<std::string> MakeSampleEvent(const EventType& type,
                                      const std::vector<EventSetting>& settings);

/// By the type's name. kInvalidArgument with a sentence where there is none of that name.
Expected<const EventType*> EventTypeOf(const std::string& name);

}  // namespace openfc::emulator
