#include "lang/python/interpreter/arenas.h"

#include "lang/python/interpreter/gil.h"
#include "lang/python/interpreter/interpreter.h"

#include <Python.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <functional>

namespace openfc::python {
namespace {

constexpr std::size_t kHugePage = 2U << 20;
constexpr std::size_t kArena = PY_VERSION_HEX >= 0x030A0000 ? 1U << 20 : 256U << 10;

std::uintptr_t Number(const void* memory) { return reinterpret_cast<std::uintptr_t>(memory); }

/// In a child of its own: Python takes an allocator once.
void ExpectInChild(const std::function<bool(const PyObjectArenaAllocator&)>& check) {
  EXPECT_EXIT(
      {
        UseHugePageArenas();
        PyObjectArenaAllocator allocator{};
        PyObject_GetArenaAllocator(&allocator);
        ::_exit(check(allocator) ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(ArenasTest, LieSideBySideFromAHugePagesBeginOn) {
  ExpectInChild([](const PyObjectArenaAllocator& arenas) {
    const auto first = Number(arenas.alloc(arenas.ctx, kArena));
    bool are_dense = first % kHugePage == 0;
    // More than a region has: each next one begins a region, or follows.
    for (std::uintptr_t last = first, i = 0; i < 100; ++i) {
      const auto next = Number(arenas.alloc(arenas.ctx, kArena));
      are_dense = are_dense && (next == last + kArena || next % kHugePage == 0);
      last = next;
    }
    return are_dense;
  });
}

TEST(ArenasTest, AreUsedAgainAndEmptyThen) {
  ExpectInChild([](const PyObjectArenaAllocator& arenas) {
    auto* const arena = static_cast<std::byte*>(arenas.alloc(arenas.ctx, kArena));
    arena[0] = arena[kArena - 1] = std::byte{1};
    arenas.free(arenas.ctx, arena, kArena);
    const auto* const again = static_cast<std::byte*>(arenas.alloc(arenas.ctx, kArena));
    return again == arena && again[0] == std::byte{0} && again[kArena - 1] == std::byte{0};
  });
}

TEST(ArenasTest, DoNotMixWithOtherMemoryThatPythonAsksFor) {
  ExpectInChild([](const PyObjectArenaAllocator& arenas) {
    constexpr std::size_t kStack = 16U << 10;
    auto* const arena = static_cast<std::byte*>(arenas.alloc(arenas.ctx, kArena));
    void* const stack = arenas.alloc(arenas.ctx, kStack);
    arena[0] = std::byte{1};
    arenas.free(arenas.ctx, stack, kStack);
    const auto next = Number(arenas.alloc(arenas.ctx, kArena));
    return arena[0] == std::byte{1} && next == Number(arena) + kArena;
  });
}

TEST(ArenasTest, HoldWhatPythonMakesAndFreesAndMakesAgain) {
  ExpectInChild([](const PyObjectArenaAllocator& /*arenas*/) {
    const auto interpreter = Interpreter::Start({.path_front = {}, .argv0 = "b"});
    const Gil gil;
    return interpreter &&
           PyRun_SimpleString(
               "def deep(n):\n"
               "    return n and deep(n - 1)\n"
               "for _ in range(3):\n"
               "    made = [str(i) for i in range(400_000)]\n"
               "    assert deep(900) == 0\n"
               "    assert made[::1000] == [str(i) for i in range(0, 400_000, 1000)]\n"
               "    del made\n") == 0;
  });
}

}  // namespace
}  // namespace openfc::python
