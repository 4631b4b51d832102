#pragma once

#include "tests/soak/hostile_platform.h"
#include "tests/soak/instance.h"
#include "tests/soak/ledger.h"

#include <chrono>
#include <string>

namespace openfc::soak {

/// Serves the instance by the conduct until that is done, stops it, and prints what is wrong.
/// The exit code of the program.
int RunToVerdict(HostilePlatform& platform, Conduct& conduct, const Ledger& ledger,
                 Instance& instance, std::chrono::seconds patience);

/// Of the programs' own and of python's: what every invocation of a soak runs.
std::string HandlerCode();

}  // namespace openfc::soak
