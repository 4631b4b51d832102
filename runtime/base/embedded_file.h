#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace openfc {

/// A file of the source tree that is a part of the program (openfc_embed_files in cmake/).
struct EmbeddedFile {
  std::string_view name;  // Its path below the folder that was embedded.
  const unsigned char* data;
  std::size_t size;

  std::string_view bytes() const { return {reinterpret_cast<const char*>(data), size}; }
};

}  // namespace openfc
