#pragma once

#include "runtime/base/error.h"
#include "runtime/client/interrupt.h"
#include "runtime/config/runtime_config.h"
#include "runtime/dispatch/dispatcher.h"
#include "runtime/invoke/reply.h"
#include "runtime/page/shared_page.h"

#include <cstddef>

/// Where a Runtime API is polled: what bootstrap does with it. Each function gives the exit code.
namespace openfc::bootstrap {

/// What an instance that polls works with; all must outlive the calls.
struct PollSurroundings {
  const RuntimeConfig& config;
  SharedPage& page;
  Interrupt& interrupt;
};

/// Up to `limit` invocations at once, until the end.
int ServePolls(const PollSurroundings& surroundings, Dispatcher& dispatcher, std::size_t limit);

/// Nothing can be served: the platform is told, and the log.
int CannotServe(const PollSurroundings& surroundings, const Error& error);

/// The user's module cannot be had. In AWS's dialect that is the instance's end: the platform knows
/// then, and does not take a poll any more, so rloader is told not to try again.
int CannotImport(const PollSurroundings& surroundings, const Failure& failure);

}  // namespace openfc::bootstrap
