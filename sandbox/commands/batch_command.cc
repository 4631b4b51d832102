#include "sandbox/commands/batch_command.h"

#include "runtime/base/mutex.h"
#include "sandbox/commands/run_json.h"

#include <cstdio>
#include <istream>
#include <ostream>
#include <string>
#include <utility>

namespace openfc::sandbox {
namespace {

/// Writes lines whole, and knows how many runs are out.
class Lines {
 public:
  explicit Lines(std::ostream& output) : output_(output) {}

  void Write(const std::string& line) EXCLUDES_LOCK(mutex_) {
    const MutexLock lock(mutex_);
    output_ << line << '\n' << std::flush;
  }
  void Begin() EXCLUDES_LOCK(mutex_) {
    const MutexLock lock(mutex_);
    ++out_;
  }
  void End() EXCLUDES_LOCK(mutex_) {
    const MutexLock lock(mutex_);
    --out_;
    changed_.NotifyAll();
  }
  void AwaitAtMost(std::size_t count) EXCLUDES_LOCK(mutex_) {
    const MutexLock lock(mutex_);
    while (out_ > count) changed_.Wait(mutex_);
  }

 private:
  std::ostream& output_;
  Mutex mutex_;
  CondVar changed_;
  std::size_t out_ GUARDED_BY(mutex_) = 0;
};

void SubmitLine(Engine& engine, Lines& lines, const std::string& text) {
  auto line = ParseRunLine(text);
  if (!line) return lines.Write(RefusalLine("", line.error()));
  const std::string id = line->id;
  lines.Begin();
  const auto taken = engine.Submit(std::move(line->request),
                                   {.on_end = [&engine, &lines, id](const RunOutcome& outcome) {
                                     lines.Write(OutcomeLine(id, outcome, engine.isolation()));
                                     lines.End();
                                   }});
  if (taken) return;
  lines.Write(RefusalLine(id, taken.error()));
  lines.End();
}

}  // namespace

int RunBatch(const EngineWords& words, std::istream& input, std::ostream& output) {
  auto ready = SetUpEngine(words);
  if (!ready) {
    (void)std::fprintf(stderr, "fcsandbox: %s\n", ready.error().message.c_str());
    return ExitCodeOf(ready.error());
  }
  Lines lines(output);
  std::string text;
  while (std::getline(input, text)) {
    if (text.empty()) continue;
    lines.AwaitAtMost(words.runs + words.queue - 1);
    SubmitLine(*ready->engine, lines, text);
  }
  lines.AwaitAtMost(0);
  return 0;
}

}  // namespace openfc::sandbox
