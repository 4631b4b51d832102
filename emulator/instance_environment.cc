#include "emulator/instance_environment.h"

#include "emulator/package_paths.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace openfc::emulator {
namespace {

// What is taken over from the developer's own environment; on the platform it is the image's.
constexpr auto kInherited = std::to_array<std::string_view>(
    {"PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PYTHONPATH",
     "SSL_CERT_FILE", "SSL_CERT_DIR", "ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS",
     "UBSAN_OPTIONS"});
constexpr std::string_view kOurPrefix = "OPENFC_";

std::string ValueOf(const Variables& variables, std::string_view name,
                    const std::string& otherwise) {
  const auto found = variables.find(name);
  return found == variables.end() || found->second.empty() ? otherwise : found->second;
}

bool IsInherited(std::string_view name) {
  return name.starts_with(kOurPrefix) ||
         std::find(kInherited.begin(), kInherited.end(), name) != kInherited.end();
}

void AddCredentials(const Credentials& credentials, Variables& environment) {
  environment["ALIBABA_CLOUD_ACCESS_KEY_ID"] = credentials.access_key_id;
  environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = credentials.access_key_secret;
  environment["ALIBABA_CLOUD_SECURITY_TOKEN"] = credentials.security_token;
  environment["accessKeyID"] = credentials.access_key_id;
  environment["accessKeySecret"] = credentials.access_key_secret;
  environment["securityToken"] = credentials.security_token;
}

void AddFunction(const FunctionDefinition& function, Variables& environment) {
  environment["FC_FUNC_CODE_PATH"] = function.code_path;
  environment["FC_FUNCTION_NAME"] = function.name;
  environment["FC_FUNCTION_HANDLER"] = function.handler;
  environment["FC_FUNCTION_MEMORY_SIZE"] = std::to_string(function.memory_mb);
  environment["FC_TIMEOUT"] = std::to_string(function.timeout.count());
  environment["FC_REGION"] = function.region;
  environment["FC_QUALIFIER"] = "LATEST";
  if (!function.runtime.empty()) environment["FC_RUNTIME"] = function.runtime;
  if (function.instance_concurrency > 1) {
    environment["FC_CONCURRENT_LIMIT"] = std::to_string(function.instance_concurrency);
  }
  if (!function.service_name.empty()) environment["FC_SERVICE_NAME"] = function.service_name;
}

/// What fclocal itself was told of another one's is not for its instances.
void AddRuntimeApi(const InstanceSetting& setting, Variables& environment) {
  environment.erase("OPENFC_RUNTIME_SOCKET");
  if (setting.api_address.empty()) return;
  environment["FC_RUNTIME_API"] = setting.api_address;
  if (!setting.api_socket.empty()) environment["OPENFC_RUNTIME_SOCKET"] = setting.api_socket;
}

}  // namespace

Identity Identity::From(const Variables& own) {
  Identity identity;
  identity.account_id = ValueOf(own, "FC_ACCOUNT_ID", identity.account_id);
  const std::string id = ValueOf(own, "ALIBABA_CLOUD_ACCESS_KEY_ID", "");
  if (id.empty()) return identity;
  identity.credentials = {.access_key_id = id,
                          .access_key_secret = ValueOf(own, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", ""),
                          .security_token = ValueOf(own, "ALIBABA_CLOUD_SECURITY_TOKEN", "")};
  return identity;
}

Variables MakeInstanceEnvironment(const FunctionDefinition& function,
                                  const InstanceSetting& setting, const Variables& own) {
  Variables environment;
  for (const auto& [name, value] : own) {
    if (IsInherited(name)) environment.emplace(name, value);
  }
  environment["TZ"] = "UTC";
  AddCredentials(setting.identity.credentials, environment);
  for (const auto& [name, value] : function.environment) {
    environment[name] = ValueHere(name, value, function.code_path);
  }
  AddPackagePaths(function.code_path, environment);
  AddFunction(function, environment);
  AddRuntimeApi(setting, environment);
  environment["FC_ACCOUNT_ID"] = setting.identity.account_id;
  environment["FC_INSTANCE_ID"] = setting.instance_id;
  return environment;
}

}  // namespace openfc::emulator
