#pragma once

#include "emulator/service_file/service_file.h"
#include "emulator/service_file/yaml_section.h"
#include "runtime/base/error.h"

namespace openfc::emulator {

/// What invokes the function: `triggers`, as the edition of `into` writes them. Those of types http
/// and timer have effect here; other types of the platform are named as without. A type that the
/// platform does not have is an Error.
Status ReadTriggers(YamlSection& props, ServiceFunction& into);

}  // namespace openfc::emulator
