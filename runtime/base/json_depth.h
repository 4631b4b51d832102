#pragma once

#include <cstddef>
#include <string_view>

namespace openfc {

/// Whether arrays and objects of a JSON text stand in each other more than `limit` deep. Readers
/// and writers of JSON go down as deep as the text does: one from a stranger is asked this first.
bool IsNestedDeeperThan(std::string_view json, std::size_t limit);

}  // namespace openfc
