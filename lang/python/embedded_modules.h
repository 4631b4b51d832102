#pragma once

#include <cstddef>
#include <span>

namespace openfc::python {

/// Our pure-Python parts (py/), compiled at build time by the Python that is embedded and held in
/// this program: no file of ours is looked for at run time, and none can be put in its place.
struct EmbeddedModule {
  const char* name;           // Dotted. The first one is the package of the others.
  const unsigned char* code;  // Marshalled.
  std::size_t size;
};

/// The package is first, what is to be imported of it last. Made by embed.py; AWS's dialect has a
/// list of its own, so that neither costs the other anything.
std::span<const EmbeddedModule> EmbeddedModules();
std::span<const EmbeddedModule> EmbeddedAwsModules();
std::span<const EmbeddedModule> EmbeddedDebugModules();  // For who wants to debug.

}  // namespace openfc::python
