#pragma once

#include "sandbox/isolation/plan.h"

#include <string>

namespace openfc::sandbox {

/// Runs every trial behind the plan's walls, in `folder`, an empty one of ours, and says what went
/// through: lines of `P1 read a file of the server`; none when all held. This process becomes a
/// subreaper, and must have no other children; meant for a process that ends afterwards.
std::string Probe(const Plan& plan, const std::string& folder);

}  // namespace openfc::sandbox
