#include "emulator/platform/service_reload.h"

#include <sys/epoll.h>

#include <algorithm>
#include <utility>

namespace openfc::emulator {

Expected<std::unique_ptr<ServiceReload>> ServiceReload::Start(Options options,
                                                              const FunctionTable& functions,
                                                              PlatformLoop& loop,
                                                              ServedFunctions& served) {
  auto watch = CodeWatch::Start();
  if (!watch) return watch.error();
  const Status added = (*watch)->Add(options.file, CodeWatch::Clock::now());
  if (!added) return added.error();
  return std::unique_ptr<ServiceReload>(
      new ServiceReload(std::move(options), functions, loop, served, *std::move(watch)));
}

ServiceReload::ServiceReload(Options options, const FunctionTable& functions, PlatformLoop& loop,
                             ServedFunctions& served, std::unique_ptr<CodeWatch> watch)
    : options_(std::move(options)),
      functions_(functions),
      served_(served),
      watch_(std::move(watch)),
      alarm_(loop, [this] { TakeChanged(); }),
      fd_watch_(loop, watch_->fd(), EPOLLIN, [this] { Look(); }) {}

void ServiceReload::Look() {
  if (const Status read = watch_->Read(CodeWatch::Clock::now()); !read) {
    options_.tell(read.error().message);
  }
  alarm_.Set(watch_->NextChange());
}

void ServiceReload::TakeChanged() {
  if (!watch_->TakeChanged(CodeWatch::Clock::now()).empty()) Reload();
  alarm_.Set(watch_->NextChange());
}

void ServiceReload::Reload() {
  auto models = options_.read();
  if (!models) {
    options_.tell("the s.yaml has changed, but cannot be used, and all is served as before: " +
                  models.error().message);
    return;
  }
  RemoveAllBut(*models);
  for (InstanceModel& model : *models) Serve(std::move(model));
}

void ServiceReload::RemoveAllBut(const std::vector<InstanceModel>& models) {
  std::vector<FunctionPool*> unnamed;
  for (const auto& pool : functions_.pools()) {
    const bool is_named = std::any_of(models.begin(), models.end(), [&](const auto& model) {
      return FullNameOf(model.function) == FullNameOf(pool->function());
    });
    if (!is_named) unnamed.push_back(pool.get());
  }
  for (FunctionPool* const pool : unnamed) {
    options_.tell(pool->function().name + " is not in the s.yaml any more: it is not served");
    served_.RemoveFunction(*pool);
  }
}

void ServiceReload::Serve(InstanceModel model) {
  const std::string name = model.function.name;
  const auto& pools = functions_.pools();
  const auto found = std::find_if(pools.begin(), pools.end(), [&model](const auto& pool) {
    return FullNameOf(pool->function()) == FullNameOf(model.function);
  });
  if (found == pools.end()) {
    served_.AddFunction(std::move(model));
    options_.tell(name + " is new in the s.yaml: it is served");
  } else if (!IsSameFunction((*found)->model(), model)) {
    served_.ReplaceFunction(**found, std::move(model));
    options_.tell(name + " has changed in the s.yaml: new instances");
  }
}

}  // namespace openfc::emulator
