#pragma once

#include "emulator/service_file/service_file.h"
#include "emulator/service_file/yaml_section.h"
#include "runtime/base/error.h"

namespace openfc::emulator {

/// What becomes of asynchronous invocations: asyncInvokeConfig in edition 3, asyncConfiguration in
/// edition 1.
Status ReadAsyncConfig(YamlSection& function, ServiceFunction& into);

}  // namespace openfc::emulator
