#pragma once

#include "sandbox/executor/run.h"

#include <map>
#include <string>
#include <string_view>

namespace openfc::sandbox {

/// The run that finds out what code finds here; its output is a document.
RunRequest LibrariesRun(const Limits& limits);

/// The installed packages of Debian's database, /var/lib/dpkg/status.
std::map<std::string, std::string> ReadDpkgStatus(std::string_view status);

/// The document of /libraries/, from the run's output, which is foreign code's word in the end;
/// empty when it is no such document.
std::string RenderLibraries(const std::string& output,
                            const std::map<std::string, std::string>& system);

}  // namespace openfc::sandbox
