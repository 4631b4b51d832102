#pragma once

#include "emulator/service_file/service_file.h"
#include "emulator/service_file/yaml_section.h"
#include "runtime/base/error.h"

namespace openfc::emulator {

/// What both editions say of a function in the same words, or nearly: runtime, code, handler, its
/// sizes and its environment. `into` has its edition.
Status ReadFunction(const ServiceFileQuery& query, YamlSection& section, ServiceFunction& into);

}  // namespace openfc::emulator
