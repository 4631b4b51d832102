#pragma once

#include "emulator/platform/call.h"

#include <string>

namespace openfc::emulator {

/// What of a call stands beside its body in the queue, as text: the qualifier, and of a request
/// through an HTTP trigger all that its function is to see of it.
std::string WriteCallHead(const Call& call);

/// Puts it back; of text that is none of ours nothing is taken.
void ReadCallHead(const std::string& head, Call& call);

}  // namespace openfc::emulator
