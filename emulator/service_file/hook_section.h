#pragma once

#include "emulator/service_file/service_file.h"
#include "emulator/service_file/yaml_section.h"
#include "runtime/base/error.h"

namespace openfc::emulator {

/// The hooks of instanceLifecycleConfig: preStop, and beside it initializer in edition 3 and
/// preFreeze in edition 1. One with neither handler nor command is none.
Status ReadHooks(YamlSection& function, ServiceFunction& into);

/// Edition 1 has its initializer in the function itself.
Status ReadInitializerOfEdition1(YamlSection& function, ServiceFunction& into);

}  // namespace openfc::emulator
