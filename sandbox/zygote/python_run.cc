#include "sandbox/zygote/python_run.h"

#include "lang/python/interpreter/fork.h"
#include "sandbox/wire/pack.h"
#include "sandbox/zygote/huge_pages.h"
#include "sandbox/zygote/run_script.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace openfc::sandbox {
namespace {

constexpr int kInternalError = 70;

std::vector<std::string> SplitAtZeros(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\0', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

int NumberIn(const std::string& text) {
  int number = kInternalError;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void UnblockSignals() {
  sigset_t none{};
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

Expected<std::unique_ptr<WarmPython>> WarmPython::Start(const std::string& libraries) {
  // Not make_unique: the constructor is private.
  std::unique_ptr<WarmPython> warm(new WarmPython);
  auto interpreter = python::Interpreter::Start({.path_front = {}, .argv0 = "python3"});
  if (!interpreter) return interpreter.error();
  warm->interpreter_ = *std::move(interpreter);
  warm->gil_ = std::make_unique<python::Gil>();
  auto script = python::Script::Load("<openfc run>", RunScript());
  if (!script) return script.error();
  warm->script_ = *std::move(script);
  auto found = warm->script_->Call("prepare", {libraries});
  if (!found) return found.error();
  warm->found_ = *std::move(found);
  const auto paths = warm->script_->Call("read_paths", {""});
  if (!paths) return paths.error();
  warm->read_paths_ = SplitAtZeros(*paths);
  if (Status frozen = python::PrepareFork(); !frozen) return frozen.error();
  GatherHugePages();
  return warm;
}

Expected<pid_t> WarmPython::Fork(const RunPayload& payload, const Announcement& announcement,
                                 const Entry& entry, int report) {
  if (!payload.harness.empty()) (void)script_->Call("ready", {payload.harness});
  auto child = python::Fork();
  if (child && *child == 0) {
    announcement.Make(::getpid());
    RunInChild(payload, entry, report);
  }
  return child;
}

void WarmPython::RunInChild(const RunPayload& payload, const Entry& entry, int report) {
  int kept = report;
  const EntryReport entered = EnterWalls(entry, report, kept);
  if (entered.step != EntryStep::kDone) {
    (void)!::write(report, &entered, sizeof(entered));
    (void)!::write(kept, &entered, sizeof(entered));
    ::_exit(kInternalError);
  }
  ::close(kept);
  UnblockSignals();
  const auto code =
      script_->Call("run", {payload.code, payload.file_name, payload.harness, payload.harness_input,
                            Pack(payload.arguments), Pack(payload.environment)});
  gil_.reset();
  interpreter_.reset();  // As python3 ends: threads are waited for, streams flushed.
  ::_exit(code ? NumberIn(*code) : kInternalError);
}

}  // namespace openfc::sandbox
