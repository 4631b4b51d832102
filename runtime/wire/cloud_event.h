#pragma once

#include "runtime/base/error.h"
#include "runtime/wire/invocation_headers.h"

#include <optional>
#include <string>
#include <string_view>

namespace openfc::wire {

/// A CloudEvent (version 1.0 of its specification) as a function gets it.
struct CloudEvent {
  std::string attributes;  // A JSON object: id, source, type, specversion, and what else there is.
  std::string data;        // The event's bytes; of JSON data in structured mode, its text.
};

/// What a POST with these headers and this body holds: a CloudEvent in binary mode (ce-* headers)
/// or in structured mode (application/cloudevents+json); nothing when it is neither.
/// kInvalidArgument with a sentence when it wants to be one and is not. `body` is moved from only
/// when there is an event.
Expected<std::optional<CloudEvent>> FindCloudEvent(const HeaderList& headers, std::string& body);

}  // namespace openfc::wire
