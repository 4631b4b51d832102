#pragma once

#include "tests/bench/contestant.h"

#include <cstddef>
#include <string>

namespace openfc::bench {

/// Our runtime alone: one process, as the others are.
Subject OurRuntime(std::size_t concurrency = 1);
/// The same in AWS's dialect.
Subject OurRuntimeForAws();
/// As an instance runs it: rloader, the template of the workers if there are several, the workers.
Subject OurWorkers(std::size_t workers, std::size_t concurrency);

/// `python` has the package.
Subject Awslambdaric(const std::string& python);

enum class Calls { kTwo, kTogether };

/// The floor: an echo without Python, one connection a slot behind one epoll.
Subject BareClient(Calls calls, std::size_t window = 1);

}  // namespace openfc::bench
