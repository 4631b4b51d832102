#include "sandbox/zygote/huge_pages.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <span>
#include <string>

namespace openfc::sandbox {
namespace {

constexpr std::size_t kHugePage = 2U << 20;
constexpr std::size_t kSize = 4 * kHugePage;  // Wherever it begins, huge pages fit.
constexpr int kCollapse = 25;

/// Memory of ours, full of one byte.
class Filled {
 public:
  Filled() {
    void* const memory =
        ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    bytes_ = {static_cast<unsigned char*>(memory), kSize};
    std::fill(bytes_.begin(), bytes_.end(), kFill);
  }
  ~Filled() { ::munmap(bytes_.data(), kSize); }
  Filled(const Filled&) = delete;
  Filled& operator=(const Filled&) = delete;

  std::span<unsigned char> bytes() const { return bytes_; }
  bool IsWhole() const {
    return std::all_of(bytes_.begin(), bytes_.end(), [](auto byte) { return byte == kFill; });
  }

 private:
  static constexpr unsigned char kFill = 0x5A;
  std::span<unsigned char> bytes_;
};

std::size_t HugeKilobytes() {
  std::ifstream file("/proc/self/smaps_rollup");
  std::string word;
  std::size_t kilobytes = 0;
  while (file >> word) {
    if (word == "AnonHugePages:") file >> kilobytes;
  }
  return kilobytes;
}

bool CanBeHad() {
  const Filled filled;
  const auto begin = reinterpret_cast<std::uintptr_t>(filled.bytes().data());
  const auto first = (begin + kHugePage - 1) / kHugePage * kHugePage;
  return ::madvise(reinterpret_cast<void*>(first), kHugePage, kCollapse) == 0;
}

TEST(GatherHugePagesTest, LeavesWhatMemoryHolds) {
  const Filled filled;

  GatherHugePages();

  ASSERT_EQ(filled.bytes().size(), kSize);
  EXPECT_TRUE(filled.IsWhole());
}

TEST(GatherHugePagesTest, PutsMemoryIntoHugePages) {
  if (!CanBeHad()) GTEST_SKIP() << "this kernel gathers no huge pages";
  const Filled filled;
  const std::size_t before = HugeKilobytes();

  GatherHugePages();

  EXPECT_GE(HugeKilobytes(), before + 3 * (kHugePage >> 10U));
}

TEST(GatherHugePagesTest, KeepsAChildsWritesFromItsParent) {
  const Filled filled;
  GatherHugePages();

  const pid_t child = ::fork();
  if (child == 0) {
    std::fill(filled.bytes().begin(), filled.bytes().end(), static_cast<unsigned char>(1));
    ::_exit(0);
  }
  int status = 0;

  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(filled.IsWhole());
}

}  // namespace
}  // namespace openfc::sandbox
