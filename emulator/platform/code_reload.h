#pragma once

#include "emulator/platform/function_table.h"
#include "emulator/platform/platform_loop.h"
#include "emulator/watch/code_watch.h"
#include "runtime/base/error.h"

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace openfc::emulator {

/// The code of a function, which has changed; a sentence when it is none.
using RefreshCode = std::function<Expected<CodeState>(const FunctionDefinition& function,
                                                      const std::string& source)>;

/// Has functions run their code as it is on the disk: when it changes, calls go to new instances;
/// those that run go on to their ends. On the platform's thread.
class CodeReload {
 public:
  /// Both outlive it. `tell` has a sentence for a person.
  static Expected<std::unique_ptr<CodeReload>> Start(const FunctionTable& functions,
                                                     PlatformLoop& loop, RefreshCode refresh,
                                                     std::function<void(const std::string&)> tell);
  CodeReload(const CodeReload&) = delete;
  CodeReload& operator=(const CodeReload&) = delete;

  /// Functions have been added, or have their code elsewhere now.
  Status WatchAll();

  /// Takes note of what has happened so far; costs next to nothing when nothing has. Before a call
  /// is served, so that it does not get code that was replaced before it came.
  void Look();

 private:
  CodeReload(const FunctionTable& functions, PlatformLoop& loop, std::unique_ptr<CodeWatch> watch,
             RefreshCode refresh, std::function<void(const std::string&)> tell);

  void TakeChanged();
  void Renew(const std::string& source, bool is_settled);

  const FunctionTable& functions_;
  const std::unique_ptr<CodeWatch> watch_;
  const RefreshCode refresh_;
  const std::function<void(const std::string&)> tell_;
  std::set<std::string> unsettled_;  // Whose calls go to new instances since a change began.
  Alarm alarm_;
  FdWatch fd_watch_;
};

}  // namespace openfc::emulator
