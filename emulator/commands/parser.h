#pragma once

// CLI11's parser by its name alone: the library itself stays in the sources.
namespace CLI {  // NOLINT(readability-identifier-naming)
class App;
}
