#pragma once

#include "sandbox/executor/limits.h"
#include "sandbox/service/dialect.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace openfc::sandbox {

struct PremierLangageOptions {
  std::string folder = {};                    // For saved environments; of ours alone.
  double budget_seconds = 10;                 // Of a request's commands, and each one's default.
  std::chrono::milliseconds patience{2'000};  // For a container that is free.
  std::chrono::milliseconds sampling{2'000};  // Between the two looks of /usages/.
  std::chrono::seconds lifetime{86'400};      // Of saved environments.
  std::int64_t saved_bytes = 1LL << 30;       // Of all of them; nothing more is saved beyond.
  Limits limits = {};                         // Of each command; its times are its own.
};

/// The sandbox server of PremierLangage in its version 3.0.3 (docs/fcsandbox.md).
std::unique_ptr<Dialect> MakePremierLangageDialect(const Ground& ground,
                                                   PremierLangageOptions options);

/// As it is served: saved environments lie in `environments` of the ground's state folder, and the
/// operator's limits go before those of `options`.
std::unique_ptr<Dialect> MakeServedPremierLangageDialect(const Ground& ground,
                                                         PremierLangageOptions options);

}  // namespace openfc::sandbox
