#pragma once

#include <sys/types.h>

namespace openfc::sandbox {

/// Becomes the user and group `id`, for good: no other groups, no capabilities, none to be had by
/// running a program, and the kernel's own word that it is so. 0, or the error number; EPERM also
/// when the change did not hold. System calls alone: it may follow a vfork.
int BecomeUser(uid_t id);

/// Gives up the capabilities of a process that stays root, so that it can do nothing but wait.
int DropCapabilities();

/// No program that this process runs gains rights by being run. 0, or the error number.
int ForbidNewPrivileges();

}  // namespace openfc::sandbox
