#include "bootstrap/workers/prepare_template.h"

#include "lang/python/interpreter/fork.h"
#include "lang/python/interpreter/gil.h"
#include "runtime/base/log.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace openfc::bootstrap {
namespace {

using Names = std::vector<std::string>;

/// What stands in `now` and not in `before`.
std::string NewOnes(Names before, Names now) {
  std::sort(before.begin(), before.end());
  std::sort(now.begin(), now.end());
  Names added;
  std::set_difference(now.begin(), now.end(), before.begin(), before.end(),
                      std::back_inserter(added));
  std::string list;
  for (const std::string& name : added) list += (list.empty() ? "" : ", ") + name;
  return list;
}

void WarnOfHazards(const python::ForkHazards& before) {
  const python::ForkHazards now = python::FindForkHazards();
  const std::string threads = NewOnes(before.threads, now.threads);
  const std::string sockets = NewOnes(before.sockets, now.sockets);
  if (!threads.empty()) {
    LogWarn(R"(threads_started_at_import threads="{}" consequence="no worker has them")", threads);
  }
  if (!sockets.empty()) {
    LogWarn(R"(sockets_opened_at_import sockets="{}" consequence="all workers share them")",
            sockets);
  }
}

}  // namespace

void PrepareTemplate(python::TemplateHandler& handler, const std::string& function) {
  const python::ForkHazards before = python::FindForkHazards();
  const Status loaded = function.empty() ? Ok() : handler.Preload(function);
  if (!loaded) LogWarn("module_not_preloaded cause=\"{}\"", loaded.error().message);
  WarnOfHazards(before);
  const python::Gil gil;
  const Status frozen = python::PrepareFork();
  if (!frozen) LogWarn("memory_not_shared cause=\"{}\"", frozen.error().message);
}

}  // namespace openfc::bootstrap
