#include "sandbox/zygote/environment.h"

namespace openfc::sandbox {

std::vector<std::string> EnvironmentIn(std::string_view home,
                                       const std::vector<std::string>& wanted) {
  const std::string folder(home);
  std::vector<std::string> all{"PATH=/usr/local/bin:/usr/bin:/bin",
                               "HOME=" + folder,
                               "TMPDIR=" + folder,
                               "LANG=C.UTF-8",
                               "USER=nobody",
                               "OPENBLAS_NUM_THREADS=1",
                               "OMP_NUM_THREADS=1",
                               "MPLCONFIGDIR=" + folder + "/.matplotlib",
                               "MPLBACKEND=Agg"};
  for (const std::string& entry : wanted) {
    const std::string name = entry.substr(0, entry.find('=') + 1);
    std::erase_if(all, [&](const std::string& one) { return one.starts_with(name); });
    all.push_back(entry);
  }
  return all;
}

}  // namespace openfc::sandbox
