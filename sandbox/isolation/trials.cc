#include "sandbox/isolation/trials.h"

#include "runtime/base/unique_fd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>

namespace openfc::sandbox {
namespace {

bool Opens(const std::string& path, int flags) {
  return UniqueFd(::open(path.c_str(), flags | O_CLOEXEC, 0600)).is_open();
}

bool ReadsFile(const TrialTargets& targets) { return Opens(targets.file, O_RDONLY); }
bool WritesFile(const TrialTargets& targets) { return Opens(targets.file, O_WRONLY); }
bool MakesFile(const TrialTargets& targets) {
  return Opens(targets.folder + "/made", O_WRONLY | O_CREAT);
}
bool ListsFolder(const TrialTargets& targets) {
  return Opens(targets.folder, O_RDONLY | O_DIRECTORY);
}
bool ReadsOtherRun(const TrialTargets& targets) { return Opens(targets.other_run, O_RDONLY); }

bool SignalsVictim(const TrialTargets& targets) { return ::kill(targets.victim, SIGCONT) == 0; }
bool LimitsVictim(const TrialTargets& targets) {
  const rlimit64 none{0, 0};
  return ::syscall(SYS_prlimit64, targets.victim, RLIMIT_CORE, &none, nullptr) == 0;
}
bool SlowsVictim(const TrialTargets& targets) {
  return ::setpriority(PRIO_PROCESS, static_cast<id_t>(targets.victim), 19) == 0;
}
bool MovesVictim(const TrialTargets& targets) {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  return ::sched_getaffinity(0, sizeof(processors), &processors) == 0 &&
         ::sched_setaffinity(targets.victim, sizeof(processors), &processors) == 0;
}
bool ReadsVictim(const TrialTargets& targets) {
  return Opens("/proc/" + std::to_string(targets.victim) + "/environ", O_RDONLY);
}

sockaddr_in Address(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

bool Connects(const UniqueFd& socket, std::uint16_t port) {
  const sockaddr_in address = Address(port);
  return socket.is_open() &&
         ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}
bool ConnectsTcp(const TrialTargets& targets) {
  return Connects(UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), targets.port);
}
bool ConnectsMptcp(const TrialTargets& targets) {
  constexpr int kMultipath = 262;
  return Connects(UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, kMultipath)),
                  targets.port);
}
/// The datagram reaches who listens, or at least the machine's own loopback: an answer comes.
bool SendsDatagram(const TrialTargets& targets) {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!Connects(socket, targets.port) || ::send(socket.get(), "?", 1, 0) != 1) return false;
  char byte = 0;
  // A refusal comes at once where nobody listens: the victim echoes what it gets.
  return ::recv(socket.get(), &byte, 1, 0) == 1;
}
bool ConnectsAbstract(const TrialTargets& targets) {
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(targets.abstract_name.begin(), targets.abstract_name.end(), address.sun_path + 1);
  const auto size = offsetof(sockaddr_un, sun_path) + 1 + targets.abstract_name.size();
  return socket.is_open() && ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                                       static_cast<socklen_t>(size)) == 0;
}

/// A call that the kernel looked at, instead of being told not to: whatever it then says of
/// arguments that are nonsense.
bool IsLookedAt(long result) { return result >= 0 || (errno != EPERM && errno != ENOSYS); }

bool MakesUserNamespace(const TrialTargets& /*targets*/) { return ::unshare(CLONE_NEWUSER) == 0; }
bool UsesRings(const TrialTargets& /*targets*/) {
  return IsLookedAt(::syscall(SYS_io_uring_setup, 0, nullptr));
}
bool UsesKeyrings(const TrialTargets& /*targets*/) {
  return IsLookedAt(::syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1));
}
bool UsesKernelCrypto(const TrialTargets& /*targets*/) {
  return UniqueFd(::socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)).is_open();
}
bool TracesItself(const TrialTargets& /*targets*/) {
  constexpr long kNoRequest = 0x7fff;
  return IsLookedAt(::syscall(SYS_ptrace, kNoRequest, 0, 0, 0));
}

constexpr std::array kTrials{
    Trial{Property::kFiles, "read a file of the server", &ReadsFile, true},
    Trial{Property::kFiles, "open a file of the server for writing", &WritesFile, true},
    Trial{Property::kFiles, "make a file in a folder of the server", &MakesFile, true},
    Trial{Property::kFiles, "list a folder of the server", &ListsFolder, true},
    Trial{Property::kSessions, "read a file of another run", &ReadsOtherRun, true},
    Trial{Property::kServer, "signal the server", &SignalsVictim, true},
    Trial{Property::kServer, "set a limit of the server", &LimitsVictim, true},
    Trial{Property::kServer, "lower the server's priority", &SlowsVictim, true},
    Trial{Property::kServer, "move the server to another processor", &MovesVictim, true},
    Trial{Property::kServer, "read the server's environment", &ReadsVictim, false},
    Trial{Property::kEgress, "connect by TCP", &ConnectsTcp, true},
    Trial{Property::kEgress, "connect by MPTCP", &ConnectsMptcp, false},
    Trial{Property::kEgress, "exchange datagrams", &SendsDatagram, true},
    Trial{Property::kEgress, "connect to an abstract socket", &ConnectsAbstract, true},
    Trial{Property::kSurface, "make a user namespace", &MakesUserNamespace, false},
    Trial{Property::kSurface, "set up io_uring", &UsesRings, false},
    Trial{Property::kSurface, "ask for a keyring", &UsesKeyrings, false},
    Trial{Property::kSurface, "use the kernel's cryptography", &UsesKernelCrypto, false},
    Trial{Property::kSurface, "trace a process", &TracesItself, true},
};

}  // namespace

std::span<const Trial> AllTrials() { return kTrials; }

}  // namespace openfc::sandbox
