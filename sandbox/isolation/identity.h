#pragma once

#include <sys/types.h>

namespace openfc::sandbox {

/// Becomes the user and group `id`, for good: no other groups, no capabilities, none to be had by
/// running a program, and the kernel's own word that it is so. 0, or the error number; EPERM also
/// when the change did not hold. System calls alone: it may follow a vfork.
int BecomeUser(uid_t id);

/// Gives up the capabilities of a process that stays root, so that it can do nothing but wait.
int DropCapabilities();

/// Whether this process may look into other users' (CAP_SYS_PTRACE).
bool MayReadOtherUsers();

/// Looks at files, those of /proc too, as a user and its group do, as long as it lives: what root
/// may see without CAP_SYS_PTRACE of a process of that user. 0 changes nothing. In a process of one
/// thread.
class EyesOf {
 public:
  explicit EyesOf(uid_t user);
  ~EyesOf();
  EyesOf(const EyesOf&) = delete;
  EyesOf& operator=(const EyesOf&) = delete;

 private:
  const uid_t user_;
  int death_signal_ = 0;  // The kernel forgets it when eyes change.
};

/// No program that this process runs gains rights by being run. 0, or the error number.
int ForbidNewPrivileges();

}  // namespace openfc::sandbox
