#include "sandbox/isolation/file_view.h"

#include "runtime/base/unique_fd.h"
#include "runtime/base/whole_write.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <utility>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kRecursive = 0x8000;  // AT_RECURSIVE, which only the kernel's header has.

/// An attribute of a whole tree of mounts (mount_setattr, Linux 5.12), or of its top on kernels
/// that lack it: what is mounted below a system folder keeps what it has there.
Status RestrictMount(const std::string& path, std::uint64_t attributes, unsigned long flags) {
  mount_attr wanted{};
  wanted.attr_set = attributes;
  if (::syscall(SYS_mount_setattr, AT_FDCWD, path.c_str(), kRecursive, &wanted, sizeof(wanted)) ==
      0) {
    return Ok();
  }
  const bool is_done = errno == ENOSYS && ::mount(nullptr, path.c_str(), nullptr,
                                                  MS_REMOUNT | MS_BIND | flags, nullptr) == 0;
  return is_done ? Ok() : SystemError("cannot restrict the mount '" + path + "'", errno);
}

/// A place to build the root at: a folder that none of the sources lies in.
Expected<std::string> FindBase(const std::vector<std::string>& sources) {
  for (const std::string base : {"/mnt", "/media", "/srv", "/tmp", "/run"}) {
    const bool holds_source = std::any_of(sources.begin(), sources.end(), [&](const auto& source) {
      return source == base || source.starts_with(base + "/");
    });
    if (!holds_source && fs::is_directory(base)) return base;
  }
  return Error{ErrorCode::kSystem, "no folder to build a root at"};
}

Status MakeFolders(const std::string& path) {
  std::error_code failure;
  fs::create_directories(path, failure);
  return failure ? SystemError("cannot make '" + path + "'", failure.value()) : Ok();
}

Status MakeTarget(const std::string& target, bool is_folder) {
  if (is_folder) return MakeFolders(target);
  if (Status made = MakeFolders(fs::path(target).parent_path()); !made) return made;
  const UniqueFd file(::open(target.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
  return file.is_open() ? Ok() : SystemError("cannot make '" + target + "'", errno);
}

struct MountRestriction {
  std::uint64_t attributes;
  unsigned long flags;
};
constexpr MountRestriction kReadOnly{MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
                                     MS_RDONLY | MS_NOSUID | MS_NODEV};
constexpr MountRestriction kDevice{MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, MS_NOSUID | MS_NOEXEC};

/// Links stay links (/bin -> usr/bin), so that a program finds its files where it does outside.
Status Show(const std::string& base, const std::string& source, MountRestriction restriction) {
  struct stat about {};
  if (::lstat(source.c_str(), &about) != 0) return Ok();
  const std::string target = base + source;
  if (S_ISLNK(about.st_mode)) {
    std::error_code failure;
    const fs::path points_to = fs::read_symlink(source, failure);
    if (Status made = MakeFolders(fs::path(target).parent_path()); !made) return made;
    if (!failure) fs::create_symlink(points_to, target, failure);
    return failure && failure != std::errc::file_exists
               ? SystemError("cannot link '" + source + "'", failure.value())
               : Ok();
  }
  if (Status made = MakeTarget(target, S_ISDIR(about.st_mode)); !made) return made;
  if (::mount(source.c_str(), target.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) {
    return SystemError("cannot bind '" + source + "'", errno);
  }
  return RestrictMount(target, restriction.attributes, restriction.flags);
}

/// Names for the users that there are: programs ask for their own.
Status WriteAccounts(const std::string& base) {
  constexpr std::array<std::pair<const char*, std::string_view>, 4> kFiles{
      {{"/etc/passwd",
        "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/work:/usr/sbin/nologin\n"},
       {"/etc/group", "root:x:0:\nnogroup:x:65534:\n"},
       {"/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n"},
       {"/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"}}};
  if (Status made = MakeFolders(base + "/etc"); !made) return made;
  for (const auto& [name, text] : kFiles) {
    const UniqueFd file(
        ::open((base + name).c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.is_open() || ::write(file.get(), text.data(), text.size()) != std::ssize(text)) {
      return SystemError(std::string("cannot write ") + name, errno);
    }
  }
  return Ok();
}

Status MakeWritableFolders(const std::string& base) {
  for (const std::string name : {"/tmp", "/dev/shm", kViewHome}) {
    if (Status made = MakeFolders(base + name); !made) return made;
    if (::chmod((base + name).c_str(), 01777) != 0) {
      return SystemError("cannot open '" + name + "' to all", errno);
    }
  }
  constexpr std::array<std::pair<const char*, const char*>, 4> kLinks{
      {{"/proc/self/fd", "/dev/fd"},
       {"/proc/self/fd/0", "/dev/stdin"},
       {"/proc/self/fd/1", "/dev/stdout"},
       {"/proc/self/fd/2", "/dev/stderr"}}};
  for (const auto& [to, name] : kLinks) {
    if (::symlink(to, (base + name).c_str()) != 0) return SystemError("cannot link /dev/fd", errno);
  }
  return Ok();
}

Status MountProc(const std::string& base) {
  if (Status made = MakeFolders(base + "/proc"); !made) return made;
  const int mounted = ::mount("proc", (base + "/proc").c_str(), "proc",
                              MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
  if (mounted != 0) return SystemError("cannot mount /proc", errno);
  // What the kernel tells of itself there is nobody's business; those that it does not have are
  // none.
  for (const char* name : {"kallsyms", "kcore", "keys", "key-users", "kmsg", "modules",
                           "timer_list", "interrupts", "softirqs", "slabinfo", "vmallocinfo",
                           "sched_debug", "sysrq-trigger", "config.gz", "cmdline"}) {
    const std::string masked = base + "/proc/" + name;
    if (::access(masked.c_str(), F_OK) != 0) continue;
    if (::mount("/dev/null", masked.c_str(), nullptr, MS_BIND, nullptr) != 0) {
      return SystemError("cannot mask '" + masked + "'", errno);
    }
  }
  return Ok();
}

Status Pivot(const std::string& base) {
  if (::chdir(base.c_str()) != 0) return SystemError("cannot enter the new root", errno);
  if (::syscall(SYS_pivot_root, ".", ".") != 0) return SystemError("cannot change the root", errno);
  if (::umount2(".", MNT_DETACH) != 0) return SystemError("cannot let the old root go", errno);
  return ::chdir("/") == 0 ? Ok() : SystemError("cannot enter the new root", errno);
}

Status Fill(const std::string& base, const std::vector<std::string>& read_paths) {
  if (Status written = WriteAccounts(base); !written) return written;
  for (const std::string& path : read_paths) {
    if (Status shown = Show(base, path, kReadOnly); !shown) return shown;
  }
  for (const std::string& path : DevicePaths()) {
    if (Status shown = Show(base, path, kDevice); !shown) return shown;
  }
  if (Status made = MakeWritableFolders(base); !made) return made;
  return MountProc(base);
}

}  // namespace

std::vector<std::string> SystemReadPaths() {
  return {"/usr",
          "/bin",
          "/lib",
          "/lib32",
          "/lib64",
          "/libx32",
          "/sbin",
          "/etc/ld.so.cache",
          "/etc/ld.so.conf",
          "/etc/ld.so.conf.d",
          "/etc/alternatives",
          "/etc/ssl/certs",
          "/etc/ssl/openssl.cnf",
          "/etc/fonts",
          "/etc/localtime",
          "/etc/timezone",
          "/etc/mime.types",
          "/etc/matplotlibrc",
          "/etc/python3",
          "/etc/python3.11",
          "/etc/java-17-openjdk",
          "/etc/bash.bashrc",
          "/etc/profile"};
}

std::vector<std::string> DevicePaths() {
  return {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};
}

Status BuildFileView(const std::vector<std::string>& read_paths) {
  const auto base = FindBase(read_paths);
  if (!base) return base.error();
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return SystemError("cannot keep mounts to itself", errno);
  }
  const int mounted =
      ::mount("tmpfs", base->c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=16m");
  if (mounted != 0) return SystemError("cannot mount a tmpfs", errno);
  if (Status filled = Fill(*base, read_paths); !filled) return filled;
  return Pivot(*base);
}

}  // namespace openfc::sandbox
