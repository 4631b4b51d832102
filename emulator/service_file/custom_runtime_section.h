#pragma once

#include "emulator/service_file/service_file.h"
#include "emulator/service_file/yaml_section.h"
#include "runtime/base/error.h"

namespace openfc::emulator {

/// How the user's own server is started and asked whether it is well: customRuntimeConfig, and in
/// edition 1 caPort and customHealthCheckConfig beside it.
Status ReadCustomRuntime(YamlSection& function, ServiceFunction& into);

}  // namespace openfc::emulator
