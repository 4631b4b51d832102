#include "emulator/platform/code_reload.h"

#include "runtime/base/log.h"

#include <sys/epoll.h>

#include <utility>

namespace openfc::emulator {

Expected<std::unique_ptr<CodeReload>> CodeReload::Start(
    const FunctionTable& functions, PlatformLoop& loop, RefreshCode refresh,
    std::function<void(const std::string&)> tell) {
  auto watch = CodeWatch::Start();
  if (!watch) return watch.error();
  std::unique_ptr<CodeReload> reload(
      new CodeReload(functions, loop, *std::move(watch), std::move(refresh), std::move(tell)));
  if (const Status watched = reload->WatchAll(); !watched) return watched.error();
  return reload;
}

Status CodeReload::WatchAll() {
  for (const auto& pool : functions_.pools()) {
    const Status added = watch_->Add(pool->model().code_source, CodeWatch::Clock::now());
    if (!added) return added.error();
  }
  return Ok();
}

CodeReload::CodeReload(const FunctionTable& functions, PlatformLoop& loop,
                       std::unique_ptr<CodeWatch> watch, RefreshCode refresh,
                       std::function<void(const std::string&)> tell)
    : functions_(functions),
      watch_(std::move(watch)),
      refresh_(std::move(refresh)),
      tell_(std::move(tell)),
      alarm_(loop, [this] { TakeChanged(); }),
      fd_watch_(loop, watch_->fd(), EPOLLIN, [this] { Look(); }) {}

void CodeReload::Look() {
  const auto now = CodeWatch::Clock::now();
  if (const Status read = watch_->Read(now); !read) tell_(read.error().message);
  for (const auto& pool : functions_.pools()) {
    const std::string& source = pool->model().code_source;
    // A call that comes now may see half of a change, but nothing of what was before.
    if (watch_->IsUnsettled(source) && unsettled_.insert(source).second) Renew(source, false);
  }
  alarm_.Set(watch_->NextChange());
}

void CodeReload::TakeChanged() {
  for (const std::string& source : watch_->TakeChanged(CodeWatch::Clock::now())) {
    unsettled_.erase(source);
    Renew(source, true);
  }
  alarm_.Set(watch_->NextChange());
}

void CodeReload::Renew(const std::string& source, bool is_settled) {
  for (const auto& pool : functions_.pools()) {
    if (pool->model().code_source != source) continue;
    const bool is_package = pool->function().code_path != source;
    if (is_package && !is_settled) continue;  // Half of a zip is none.
    const auto code = refresh_(pool->function(), source);
    if (!code) {
      tell_("the code of " + pool->function().name +
            " has changed, but cannot be used: " + code.error().message);
      continue;
    }
    pool->RenewInstances(*code);
    if (is_settled) tell_("the code of " + pool->function().name + " has changed: new instances");
  }
}

}  // namespace openfc::emulator
