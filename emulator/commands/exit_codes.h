#pragma once

/// How fclocal's commands end, beside 0 (docs/fclocal.md).
namespace openfc::emulator {

/// What was asked for could not be done, or there is no such thing.
constexpr int kNothingExit = 1;
/// The same, of a command that makes something.
constexpr int kFailedExit = 1;
/// No fclocal runs there, or it does not answer.
constexpr int kNotRunningExit = 3;

}  // namespace openfc::emulator
