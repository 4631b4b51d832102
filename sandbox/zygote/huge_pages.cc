#include "sandbox/zygote/huge_pages.h"

#include <sys/mman.h>

#include <cstdint>
#include <fstream>
#include <ios>
#include <sstream>
#include <string>
#include <vector>

namespace openfc::sandbox {
namespace {

constexpr std::uintptr_t kHugePage = 2U << 20;
constexpr int kCollapse = 25;  // MADV_COLLAPSE, which Debian 12's headers of glibc lack.

struct Range {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};

/// Whole huge pages of private memory that is no file's.
std::vector<Range> OwnMemory() {
  std::vector<Range> found;
  std::ifstream maps("/proc/self/maps");
  std::string line;
  while (std::getline(maps, line)) {
    std::istringstream words(line);
    Range range;
    char dash = 0;
    std::string rights;
    std::string offset;
    std::string device;
    std::uint64_t inode = 0;
    std::string name;
    words >> std::hex >> range.begin >> dash >> range.end >> rights >> offset >> device >>
        std::dec >> inode >> name;
    const bool is_own = rights == "rw-p" && inode == 0 && (name.empty() || name == "[heap]");
    range.begin = (range.begin + kHugePage - 1) / kHugePage * kHugePage;
    range.end = range.end / kHugePage * kHugePage;
    if (is_own && range.begin < range.end) found.push_back(range);
  }
  return found;
}

}  // namespace

void GatherHugePages() {
  for (const Range& range : OwnMemory()) {
    for (std::uintptr_t page = range.begin; page < range.end; page += kHugePage) {
      // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel tells places as numbers.
      (void)::madvise(reinterpret_cast<void*>(page), kHugePage, kCollapse);
    }
  }
}

}  // namespace openfc::sandbox
