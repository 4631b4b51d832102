#pragma once

#include "emulator/platform/function_table.h"
#include "emulator/platform/live_instance.h"
#include "emulator/platform/platform_loop.h"
#include "emulator/watch/code_watch.h"
#include "runtime/base/error.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace openfc::emulator {

/// The functions of the s.yaml as it is now; a sentence when it cannot be used.
using ReadFunctions = std::function<Expected<std::vector<InstanceModel>>()>;

/// Who serves functions, and can serve others. On the platform's thread.
class ServedFunctions {
 public:
  virtual void AddFunction(InstanceModel model) = 0;

  /// Calls in flight end as they are.
  virtual void ReplaceFunction(FunctionPool& pool, InstanceModel model) = 0;

  /// The same; `pool` is not in the table any more, and may be gone soon.
  virtual void RemoveFunction(FunctionPool& pool) = 0;

 protected:
  ~ServedFunctions() = default;
};

/// Has the functions served that the s.yaml names, with what it says of them, also after it has
/// changed. While it cannot be used, they are served as they were. On the platform's thread.
class ServiceReload {
 public:
  struct Options {
    std::string file;  // Absolute.
    ReadFunctions read;
    std::function<void(const std::string&)> tell;  // Gets a sentence for a person.
  };

  /// `functions`, `loop` and `served` outlive it.
  static Expected<std::unique_ptr<ServiceReload>> Start(Options options,
                                                        const FunctionTable& functions,
                                                        PlatformLoop& loop,
                                                        ServedFunctions& served);
  ServiceReload(const ServiceReload&) = delete;
  ServiceReload& operator=(const ServiceReload&) = delete;

 private:
  ServiceReload(Options options, const FunctionTable& functions, PlatformLoop& loop,
                ServedFunctions& served, std::unique_ptr<CodeWatch> watch);

  void Look();
  void TakeChanged();
  void Reload();
  void RemoveAllBut(const std::vector<InstanceModel>& models);
  void Serve(InstanceModel model);

  const Options options_;
  const FunctionTable& functions_;
  ServedFunctions& served_;
  const std::unique_ptr<CodeWatch> watch_;
  Alarm alarm_;
  FdWatch fd_watch_;
};

}  // namespace openfc::emulator
