#pragma once

#include <string_view>

namespace openfc {

/// Writes all of `bytes`, and lets no other WriteWhole() of this process, to whatever descriptor,
/// come between: a log line stays whole also when a pipe takes it in pieces. Lines so short that a
/// pipe takes them in one piece, by POSIX's word, wait only for those that are not. Waits while the
/// descriptor is full. Returns 0, or the errno of the write that failed; what came before it is
/// out.
///
/// Thread-safe, and safe to fork around: a fork waits until no write is under way.
int WriteWhole(int fd, std::string_view bytes);

/// The same while others may write, too: for what is nobody else's, and may be long.
int WriteAll(int fd, std::string_view bytes);

}  // namespace openfc
