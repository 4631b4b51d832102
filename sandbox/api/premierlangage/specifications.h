#pragma once

#include "sandbox/api/premierlangage/host_figures.h"
#include "sandbox/executor/executor.h"

#include <cstddef>
#include <string>

namespace openfc::sandbox {

/// What a container of the original is here.
struct ContainerFacts {
  std::size_t count = 1;
  Limits limits = {};
  std::string device = {};  // That its folder lies on.
  IsolationLevel isolation = {};
};

/// The document of /specifications/. -1 stands for what is not limited, as in the original.
std::string RenderSpecifications(const HostFacts& host, const ContainerFacts& container);

/// The document of /usages/, from the facts at its end and the counters at both.
std::string RenderUsages(const HostFacts& host, const HostCounters& before,
                         const HostCounters& after, std::size_t containers_in_use);

}  // namespace openfc::sandbox
