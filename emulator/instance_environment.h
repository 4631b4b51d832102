#pragma once

#include "emulator/function_definition.h"
#include "emulator/variables.h"
#include "runtime/invoke/invocation.h"

#include <string>

namespace openfc::emulator {

/// Who the function runs as: the developer's own keys when they are set, dummies otherwise.
struct Identity {
  std::string account_id = "123456789012";
  Credentials credentials = {.access_key_id = "local-access-key-id",
                             .access_key_secret = "local-access-key-secret",
                             .security_token = "local-security-token"};

  /// From ALIBABA_CLOUD_ACCESS_KEY_ID, _ACCESS_KEY_SECRET and _SECURITY_TOKEN, taken together so
  /// that a real key is never paired with a dummy, and FC_ACCOUNT_ID.
  static Identity From(const Variables& own);
};

/// What an instance is told besides its function.
struct InstanceSetting {
  std::string api_address;      // Of its Runtime API; empty: it has none.
  std::string api_socket = {};  // Where that is served, too; empty: over TCP only.
  std::string instance_id;
  Identity identity = {};
};

/// The environment of an instance as the platform makes it (fc-platform.md, section 5), with what a
/// local program needs of `own`, fclocal's own environment: where programs, libraries and temporary
/// files are, the language, and our settings OPENFC_*. The function's variables win. What is
/// installed with the code is found (package_paths.h).
Variables MakeInstanceEnvironment(const FunctionDefinition& function,
                                  const InstanceSetting& setting, const Variables& own);

}  // namespace openfc::emulator
