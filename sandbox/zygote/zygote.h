#pragma once

#include "runtime/base/unique_fd.h"
#include "sandbox/isolation/run_place.h"
#include "sandbox/wire/messages.h"
#include "sandbox/zygote/live_runs.h"
#include "sandbox/zygote/python_run.h"

#include <memory>
#include <vector>

namespace openfc::sandbox {

/// The fork server: takes orders, starts a child for each run, and tells of its end. One thread; it
/// keeps one place ready, so that what takes time is done before a run comes.
class Zygote {
 public:
  /// `socket`: to the engine. `premises` and `python` must outlive it.
  Zygote(int socket, const Premises& premises, WarmPython& python);

  /// Until the engine is gone.
  void Serve();

 private:
  bool TakeOrder();
  void StartRun(const Order& order, const std::vector<UniqueFd>& descriptors);
  Expected<std::unique_ptr<RunPlace>> StartIn(std::unique_ptr<RunPlace> place, const Order& order,
                                              const std::vector<UniqueFd>& descriptors);
  void Fail(std::uint64_t id, std::string_view why) const;
  void TellNotFound(const Order& order, int errors, const EntryReport& report,
                    const std::string& program) const;
  void MakeSpare();
  std::unique_ptr<RunPlace> TakeSpare();

  const int socket_;
  const Premises& premises_;
  WarmPython& python_;
  UniqueFd children_;  // Readable when one has ended.
  LiveRuns runs_;
  std::unique_ptr<RunPlace> spare_;
};

}  // namespace openfc::sandbox
