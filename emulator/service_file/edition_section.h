#pragma once

#include "emulator/service_file/service_file.h"
#include "emulator/service_file/yaml_section.h"
#include "runtime/base/error.h"

namespace openfc::emulator {

/// The props of a function as each edition lays them out: edition 3 has all in one map, edition 1
/// a service, a function, and triggers beside them.
Status ReadEdition3(const ServiceFileQuery& query, YamlSection& props, ServiceFunction& into);
Status ReadEdition1(const ServiceFileQuery& query, YamlSection& props, ServiceFunction& into);

}  // namespace openfc::emulator
