#include "emulator/platform/history.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace openfc::emulator {

void History::Add(const std::string& function, const Call& call, const CallResult& result) {
  records_.push_back({.sequence = next_++,
                      .request_id = call.request_id,
                      .function = function,
                      .instance_id = result.instance_id,
                      .kind = call.kind,
                      .accepted = call.accepted,
                      .duration = result.duration,
                      .is_ok = result.IsOk(),
                      .error_type = result.ErrorType(),
                      .was_cold_start = result.was_cold_start});
  if (records_.size() > most_) records_.pop_front();
  for (const auto& tell : std::exchange(waiting_, {})) tell();
}

std::vector<CallRecord> History::After(std::uint64_t sequence, const std::string& function) const {
  const auto first = std::find_if(records_.begin(), records_.end(), [&](const CallRecord& record) {
    return record.sequence > sequence;
  });
  std::vector<CallRecord> found;
  std::copy_if(first, records_.end(), std::back_inserter(found), [&](const CallRecord& record) {
    return function.empty() || record.function == function;
  });
  return found;
}

std::string NameOf(CallKind kind) {
  switch (kind) {
    case CallKind::kSync:
      return "sync";
    case CallKind::kAsync:
      return "async";
    case CallKind::kHttp:
      return "http";
    case CallKind::kTimer:
      return "timer";
  }
  return "sync";
}

}  // namespace openfc::emulator
