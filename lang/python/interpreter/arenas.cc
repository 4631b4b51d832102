#include "lang/python/interpreter/arenas.h"

#include <Python.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace openfc::python {
namespace {

constexpr std::size_t kHugePage = 2U << 20;
constexpr std::size_t kArena = PY_VERSION_HEX >= 0x030A0000 ? 1U << 20 : 256U << 10;
constexpr std::size_t kRegion = 16U << 20;  // Address space; memory comes with use.

/// Never destroyed: Python frees arenas at its end.
struct Arenas {
  std::byte* next = nullptr;  // Of the newest region.
  std::byte* end = nullptr;
  std::vector<void*> free;
};

/// Python asks for stacks of frames here, too, which are small and come and go.
bool IsArena(std::size_t size) { return size == kArena; }

std::byte* Reserve(std::size_t size) {
  void* const memory =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<std::byte*>(memory);
}

bool AddRegion(Arenas& arenas) {
  std::byte* const memory = Reserve(kRegion + kHugePage);
  if (memory == nullptr) return false;
  const auto past = reinterpret_cast<std::uintptr_t>(memory) % kHugePage;
  arenas.next = memory + (past == 0 ? 0 : kHugePage - past);
  arenas.end = arenas.next + kRegion;
  return true;
}

void* Allocate(void* context, std::size_t size) {
  if (!IsArena(size)) return Reserve(size);
  auto& arenas = *static_cast<Arenas*>(context);
  if (!arenas.free.empty()) {
    void* const arena = arenas.free.back();
    arenas.free.pop_back();
    return arena;
  }
  const auto left = static_cast<std::size_t>(arenas.end - arenas.next);
  if (left < size && !AddRegion(arenas)) return nullptr;
  void* const arena = arenas.next;
  arenas.next += size;
  return arena;
}

void Free(void* context, void* arena, std::size_t size) {
  if (!IsArena(size)) {
    (void)::munmap(arena, size);
    return;
  }
  (void)::madvise(arena, size, MADV_DONTNEED);
  static_cast<Arenas*>(context)->free.push_back(arena);
}

}  // namespace

void UseHugePageArenas() {
  PyObjectArenaAllocator allocator{.ctx = new Arenas, .alloc = Allocate, .free = Free};
  PyObject_SetArenaAllocator(&allocator);
}

}  // namespace openfc::python
