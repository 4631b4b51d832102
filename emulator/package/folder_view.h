#pragma once

#include "runtime/process/child.h"

#include <optional>
#include <string>
#include <vector>

namespace openfc::emulator {

/// How an instance comes to see its code and layers.
struct FolderView {
  std::vector<BindMount>
      mounts;             // For ChildCommand: /code and /opt are there. Empty: they are not.
  std::string code_path;  // Where the instance finds its code.
  std::optional<std::string> layer_path;  // Where it finds its layers.
  std::string why_not;                    // Without mounts: why none can be made here, a sentence.
};

/// Whether a child of ours may have these mounts: one is started with them, to do nothing. Takes
/// some milliseconds.
Status TryMounts(const std::vector<BindMount>& mounts);

/// The folders at /code and /opt where that can be done here, else where they are.
FolderView ViewOf(const std::string& code_folder, const std::optional<std::string>& layer_folder);

/// One variable that leads a language to its libraries, and the path that belongs in front of what
/// it has.
struct SearchPath {
  std::string variable;
  std::string path;
};

/// Those of a layer folder at `layer_path`, as the platform's runtimes know them: PATH,
/// LD_LIBRARY_PATH, PYTHONPATH, NODE_PATH, CLASSPATH; only for what the folder has.
/// `seen_from_here` is where we see it.
std::vector<SearchPath> SearchPathsOf(const std::string& layer_path,
                                      const std::string& seen_from_here);

}  // namespace openfc::emulator
