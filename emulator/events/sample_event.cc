#include "emulator/events/sample_event.h"

#include "runtime/base/embedded_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace openfc::emulator {

std::span<const EmbeddedFile> EventSamples();

namespace {

using nlohmann::ordered_json;

constexpr int kIndent = 2;

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

ordered_json ReadSample(const EventType& type) {
  const auto files = EventSamples();
  const auto found = std::find_if(files.begin(), files.end(), [&](const EmbeddedFile& file) {
    return file.name == type.sample;
  });
  return found == files.end() ? ordered_json() : ordered_json::parse(found->bytes());
}

std::string NamesOf(const EventType& type) {
  std::string names;
  for (const EventField& field : type.fields) {
    names.append(names.empty() ? "" : ", ").append(field.name);
  }
  return names;
}

bool IsOneKind(const ordered_json& one, const ordered_json& other) {
  return one.type() == other.type() || (one.is_number() && other.is_number());
}

Expected<ordered_json> ReadValue(const EventSetting& setting, const EventPlace& place,
                                 const ordered_json& before) {
  if (before.is_string()) return ordered_json(std::string(place.before) + setting.value);
  auto value = ordered_json::parse(setting.value, nullptr, /*allow_exceptions=*/false);
  if (IsOneKind(value, before)) return value;
  return Invalid("'" + setting.value + "' cannot be the event's " + setting.field +
                 ", which is like " + before.dump());
}

Status SetPlace(const EventSetting& setting, const EventPlace& place, ordered_json& event) {
  ordered_json& field = event.at(ordered_json::json_pointer(std::string(place.pointer)));
  auto value = ReadValue(setting, place, field);
  if (!value) return value.error();
  field = *std::move(value);
  return Ok();
}

std::optional<ordered_json::json_pointer> PointerOf(const std::string& field) {
  if (!field.starts_with('/')) return std::nullopt;
  try {
    return ordered_json::json_pointer(field);
  } catch (const ordered_json::exception&) {
    return std::nullopt;
  }
}

/// Whether it would be the next member of an object that is there, a header for instance.
bool IsNewMember(const ordered_json& event, const ordered_json::json_pointer& pointer) {
  const auto parent = pointer.parent_pointer();
  return event.contains(parent) && event.at(parent).is_object();
}

Status Set(const EventSetting& setting, const EventType& type, ordered_json& event) {
  for (const EventField& field : type.fields) {
    if (field.name != setting.field) continue;
    for (const EventPlace& place : field.places) {
      if (Status set = SetPlace(setting, place, event); !set) return set;
    }
    return Ok();
  }
  if (const auto pointer = PointerOf(setting.field)) {
    if (event.contains(*pointer)) return SetPlace(setting, {setting.field}, event);
    if (IsNewMember(event, *pointer)) {
      event[*pointer] = setting.value;
      return Ok();
    }
  }
  return Invalid("the event " + std::string(type.name) + " has no field '" + setting.field +
                 "': it has " + NamesOf(type) + ", and any JSON pointer into it");
}

/// What UTF-8 cannot be, which a command line may hold, is replaced.
std::string Encode(const ordered_json& event, EventEncoding encoding) {
  switch (encoding) {
    case EventEncoding::kText:
      return event.get<std::string>();
    case EventEncoding::kCbor: {
      const std::vector<std::uint8_t> bytes = ordered_json::to_cbor(event);
      return {bytes.begin(), bytes.end()};
    }
    case EventEncoding::kJson:
      break;
  }
  return event.dump(kIndent, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

Expected<std::string> MakeSampleEvent(const EventType& type,
                                      const std::vector<EventSetting>& settings) {
  ordered_json event = ReadSample(type);
  if (!type.event_name.empty()) event["events"][0]["eventName"] = type.event_name;
  for (const EventSetting& setting : settings) {
    if (const Status set = Set(setting, type, event); !set) return set.error();
  }
  return Encode(event, type.encoding);
}

Expected<const EventType*> EventTypeOf(const std::string& name) {
  const EventType* const type = FindEventType(name);
  if (type != nullptr) return type;
  return Invalid("there is no event type '" + name + "' (fclocal event --list names them)");
}

}  // namespace openfc::emulator
