#pragma once

#include <span>
#include <string_view>

namespace openfc::emulator {

/// How a sample becomes the bytes of an event.
enum class EventEncoding {
  kJson,
  kText,  // The sample is one JSON string, the event its characters.
  kCbor,
};

/// Where a setting goes: the field at `pointer` (RFC 6901) becomes `before`, then the value.
struct EventPlace {
  std::string_view pointer;
  std::string_view before = {};
};

/// A field of an event by a short name. The same value may stand in several places.
struct EventField {
  std::string_view name;
  std::span<const EventPlace> places;
};

/// What one kind of trigger sends.
struct EventType {
  std::string_view name;
  std::string_view also;  // What s.yaml calls the trigger, where that is another name; or nothing.
  std::string_view description;
  std::string_view sample;  // The file's name.
  EventEncoding encoding = EventEncoding::kJson;
  std::string_view event_name = {};  // Stands in the sample's eventName in place of its own.
  std::span<const EventField> fields = {};
};

/// All types, in the order in which they are listed.
std::span<const EventType> EventCatalog();

/// By its name or the other one; null when there is none.
const EventType* FindEventType(std::string_view name);

}  // namespace openfc::emulator
