#include "sandbox/isolation/identity.h"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace openfc::sandbox {
namespace {

// Every bit locked: root has no special rights, and they do not come back.
constexpr unsigned long kSecureBits =
    SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
    SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;

int EmptyBoundingSet() {
  for (unsigned long capability = 0; capability <= CAP_LAST_CAP; ++capability) {
    // EINVAL: the kernel is older than the header and has no such capability.
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL) return errno;
  }
  return 0;
}

int ClearCapabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, 2> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0 ? 0 : errno;
}

bool Is(uid_t id) {
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  const bool is_user = ::syscall(SYS_getresuid, &real, &effective, &saved) == 0 && real == id &&
                       effective == id && saved == id;
  const bool is_group = ::syscall(SYS_getresgid, &real, &effective, &saved) == 0 && real == id &&
                        effective == id && saved == id;
  return is_user && is_group;
}

}  // namespace

int BecomeUser(uid_t id) {
  if (const int failure = EmptyBoundingSet(); failure != 0 && failure != EPERM) return failure;
  (void)::prctl(PR_SET_SECUREBITS, kSecureBits, 0, 0, 0);  // Refused without CAP_SETPCAP.
  // Not glibc's functions: those speak to all threads of a process, and a vfork's child has none.
  if (::syscall(SYS_setgroups, 0, nullptr) != 0) return errno;
  if (::syscall(SYS_setresgid, id, id, id) != 0) return errno;
  if (::syscall(SYS_setresuid, id, id, id) != 0) return errno;
  if (const int failure = ClearCapabilities(); failure != 0) return failure;
  return Is(id) ? 0 : EPERM;
}

int DropCapabilities() {
  if (const int failure = EmptyBoundingSet(); failure != 0) return failure;
  return ClearCapabilities();
}

bool MayReadOtherUsers() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> held{};
  if (::syscall(SYS_capget, &header, held.data()) != 0) return false;
  return (held[CAP_TO_INDEX(CAP_SYS_PTRACE)].effective & CAP_TO_MASK(CAP_SYS_PTRACE)) != 0;
}

EyesOf::EyesOf(uid_t user) : user_(user) {
  if (user_ == 0) return;
  (void)::prctl(PR_GET_PDEATHSIG, &death_signal_);
  (void)::setfsgid(user_);
  (void)::setfsuid(user_);
}

EyesOf::~EyesOf() {
  if (user_ == 0) return;
  (void)::setfsuid(::geteuid());
  (void)::setfsgid(::getegid());
  (void)::prctl(PR_SET_PDEATHSIG, death_signal_);
}

int ForbidNewPrivileges() { return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno; }

}  // namespace openfc::sandbox
