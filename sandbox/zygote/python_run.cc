#include "sandbox/zygote/python_run.h"

#include "lang/python/interpreter/arenas.h"
#include "lang/python/interpreter/fork.h"
#include "sandbox/isolation/close_all_but.h"
#include "sandbox/wire/messages.h"
#include "sandbox/wire/pack.h"
#include "sandbox/zygote/environment.h"
#include "sandbox/zygote/huge_pages.h"
#include "sandbox/zygote/run_script.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
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
  python::UseHugePageArenas();
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

void WarmPython::Learn(const std::string& harness) { (void)script_->Call("learn", {harness}); }

Expected<std::unique_ptr<WaitingChild>> WarmPython::ForkWaiting(std::vector<int> kept) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return SystemError("cannot make a socket pair", errno);
  }
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  auto child = python::Fork();
  if (!child) return child.error();
  if (*child == 0) {
    kept.push_back(theirs.get());
    CloseAllBut(std::move(kept));
    BeWaiting(theirs.get());
  }
  return std::make_unique<WaitingChild>(*child, std::move(ours));
}

void WarmPython::BeWaiting(int link) {
  // What is said in a rehearsal is for nobody.
  for (int fd = ::open("/dev/null", O_RDWR); fd >= 0 && fd < STDERR_FILENO; fd = ::dup(fd)) {
  }
  std::string next = "0";
  while (!next.empty() && !HasRun(link)) {
    auto rehearsed = script_->Call("rehearse", {next});
    next = rehearsed ? *std::move(rehearsed) : "";
  }
  const auto run = ReceiveRun(link);
  if (!run) ::_exit(0);  // The zygote is gone.
  BeRun(*run, link);
}

void WarmPython::BeRun(const ReceivedRun& run, int report) {
  run.letter.announcement.Make(::getpid());
  const EntryReport entered = EnterWalls(run.letter.entry, report);
  (void)!::write(report, &entered, sizeof(entered));
  if (entered.step != EntryStep::kDone) ::_exit(kInternalError);
  ::close(report);
  UnblockSignals();
  const RunPayload& payload = run.payload;
  const auto environment = EnvironmentIn(run.letter.entry.directory.data(), payload.environment);
  const auto code =
      script_->Call("run", {payload.code, payload.file_name, payload.harness, payload.harness_input,
                            Pack(payload.arguments), Pack(environment)});
  gil_.reset();
  interpreter_.reset();  // As python3 ends: threads are waited for, streams flushed.
  ::_exit(code ? NumberIn(*code) : kInternalError);
}

}  // namespace openfc::sandbox
