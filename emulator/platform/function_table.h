#pragma once

#include "emulator/platform/call.h"
#include "emulator/platform/function_pool.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace openfc::emulator {

/// `function`, and `service$function` for one of FC 2: the name that tells it from all others.
std::string FullNameOf(const FunctionDefinition& function);

/// What stands behind the dot of a service's name, `s.prod`; LATEST when nothing does.
std::string QualifierOf(std::string_view service);

/// InvalidArgument for what no version and no alias is called: it goes into headers.
std::optional<PlatformError> CheckQualifier(std::string_view qualifier);

/// The functions of a platform by the names that the Invoke API has for them.
class FunctionTable {
 public:
  using Found = std::variant<FunctionPool*, PlatformError>;

  void Add(std::unique_ptr<FunctionPool> pool) { pools_.push_back(std::move(pool)); }

  /// It is not found any more. It stays for what it has still to do, until Sweep().
  void Remove(const FunctionPool& pool);

  /// Lets go of those that were removed and have nothing left to do.
  void Sweep();

  /// Those that are found, and those that are not any more.
  std::vector<FunctionPool*> All() const;

  /// As FC 3 names it: `function`, and `service$function` for one that came from FC 2. The service
  /// may be left out where only one function has the name.
  Found Find(std::string_view name) const;

  /// As FC 2 does. `service` may carry a qualifier after a dot, which is not looked at.
  Found Find(std::string_view service, std::string_view name) const;

  const std::vector<std::unique_ptr<FunctionPool>>& pools() const { return pools_; }

 private:
  std::vector<std::unique_ptr<FunctionPool>> pools_;
  std::vector<std::unique_ptr<FunctionPool>> removed_;
};

}  // namespace openfc::emulator
