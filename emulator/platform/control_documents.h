#pragma once

#include "emulator/platform/call.h"
#include "emulator/platform/function_table.h"
#include "emulator/platform/history.h"
#include "emulator/platform/request_logs.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::emulator {

/// When a timer of a function fires next; nothing when it does not.
using NextFiring = std::function<std::optional<std::chrono::system_clock::time_point>(
    const FunctionDefinition& function, const TimerTrigger& timer)>;

// The JSON texts that the control API answers with; emulator/console/assets.h says what stands in
// them.

/// `host`: under which the caller knows us, with the port.
std::string FunctionsDocument(const FunctionTable& functions, std::string_view host,
                              const NextFiring& next_firing);
std::string EventsDocument();
std::string InvocationsDocument(std::uint64_t last, const std::vector<CallRecord>& records);
std::string LogDocument(const RequestLogs::Entry& entry);
std::string InstancesDocument(const FunctionTable& functions);
std::string ResultDocument(const CallResult& result, std::string_view request_id);
std::string RequestDocument(std::string_view request_id);
std::string ErrorDocument(std::string_view sentence);

}  // namespace openfc::emulator
