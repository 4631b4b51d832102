#include "emulator/platform/single_call.h"

#include "emulator/platform/platform.h"
#include "emulator/request_id.h"
#include "runtime/base/mutex.h"
#include "runtime/base/unique_fd.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace openfc::emulator {
namespace {

constexpr std::string_view kTimeout = "FunctionTimeout";

/// What another thread has done; to poll for.
class Flag {
 public:
  int fd() const { return fd_.get(); }
  void Raise() const {
    const std::uint64_t one = 1;
    (void)!::write(fd_.get(), &one, sizeof(one));
  }

 private:
  UniqueFd fd_{::eventfd(0, EFD_CLOEXEC)};
};

/// The answer to a request, which comes in pieces, as a whole.
class WholeAnswer final : public AnswerSink {
 public:
  explicit WholeAnswer(std::size_t most) : most_(most) {}

  Status Begin(int status, std::vector<std::pair<std::string, std::string>> /*headers*/) override {
    MutexLock lock(mutex_);
    status_ = status;
    return Ok();
  }
  Status Write(std::string_view chunk) override {
    MutexLock lock(mutex_);
    if (body_.size() + chunk.size() > most_) {
      return Error{ErrorCode::kProtocol, "the answer is larger than the platform takes"};
    }
    body_.append(chunk);
    return Ok();
  }
  Status Finish() override { return Ok(); }
  void WhenGone(std::function<void()> /*callback*/) override {}

  int status() {
    MutexLock lock(mutex_);
    return status_;
  }
  std::string TakeBody() {
    MutexLock lock(mutex_);
    return std::move(body_);
  }

 private:
  const std::size_t most_;
  Mutex mutex_;
  int status_ GUARDED_BY(mutex_) = 0;
  std::string body_ GUARDED_BY(mutex_);
};

/// Of all that an instance writes the end.
class KeptLog {
 public:
  explicit KeptLog(std::size_t most) : most_(most) {}

  void Add(std::string_view bytes) {
    MutexLock lock(mutex_);
    text_.append(bytes);
    if (text_.size() <= 2 * most_) return;
    text_.erase(0, text_.size() - most_);
    is_cut_ = true;
  }
  void TellTo(RunReport& report) {
    MutexLock lock(mutex_);
    report.is_log_cut = is_cut_ || text_.size() > most_;
    report.log = text_.size() > most_ ? text_.substr(text_.size() - most_) : std::move(text_);
  }

 private:
  const std::size_t most_;
  Mutex mutex_;
  std::string text_ GUARDED_BY(mutex_);
  bool is_cut_ GUARDED_BY(mutex_) = false;
};

/// A call to its end: the platform's thread does the work, and this one waits.
class Run {
 public:
  Run(SingleCall call, StopSignals& signals)
      : call_(std::move(call)),
        signals_(signals),
        log_(call_.log.kept_bytes),
        answer_(std::make_shared<WholeAnswer>(MostPayload(call_.model.limits))) {
    report_.request_id = MakeRequestId();
    report_.memory_mb = call_.model.function.memory_mb;
  }

  RunReport Do() {
    const bool has_hooks = call_.model.function.pre_stop || call_.model.function.pre_freeze;
    auto platform = Platform::Start(OptionsOf());
    if (!platform) {
      report_.reason = platform.error().message;
      return std::move(report_);
    }
    ShowLine(kLogBegin);
    (*platform)->Submit(MakeCall());
    if (Await(done_) && has_hooks) {
      (*platform)->TellWhenEmpty([this] { over_.Raise(); });
      if (Await(over_)) return Report();
    }
    // The second time it is at once.
    for (int i = 0; i < 2; ++i) (*platform)->Stop([this] { over_.Raise(); });
    AwaitAnyway(over_);
    return Report();
  }

 private:
  /// After its only call the instance ends by itself, with its hooks.
  PlatformOptions OptionsOf() {
    call_.model.freeze_after = std::chrono::milliseconds(0);
    call_.model.stop_after = std::chrono::seconds(0);
    return {.functions = {call_.model},
            .pool = {.max_instances = 1},
            .limits = call_.model.limits,
            .reloads_code = false,
            .hear = [this](std::string_view bytes) { log_.Add(bytes); },
            .log_fd = call_.log.live_fd};
  }

  Call MakeCall() {
    Call call{.request_id = report_.request_id, .body = std::move(call_.body)};
    if (call_.http) {
      call.kind = CallKind::kHttp;
      call.http = std::move(call_.http);
      call.sink = answer_;
      has_answer_ = true;
    }
    call.done = [this](CallResult result) {
      {
        MutexLock lock(mutex_);
        result_ = std::move(result);
      }
      done_.Raise();
    };
    return call;
  }

  /// False when a signal came first.
  bool Await(const Flag& flag) {
    for (;;) {
      std::array<pollfd, 2> entries = {{{.fd = flag.fd(), .events = POLLIN, .revents = 0},
                                        {.fd = signals_.fd(), .events = POLLIN, .revents = 0}}};
      ::poll(entries.data(), entries.size(), -1);
      if (entries[0].revents != 0) return true;
      if (const auto signal = signals_.Read()) {
        report_.signal = *signal;
        return false;
      }
    }
  }

  static void AwaitAnyway(const Flag& flag) {
    pollfd entry{.fd = flag.fd(), .events = POLLIN, .revents = 0};
    while (::poll(&entry, 1, -1) < 0 && errno == EINTR) {
    }
  }

  void ShowLine(std::string_view text) {
    const std::string line = std::string(text) + "\n";
    log_.Add(line);
    if (call_.log.live_fd >= 0) (void)!::write(call_.log.live_fd, line.data(), line.size());
  }

  RunReport Report() {
    ShowLine(kLogEnd);
    log_.TellTo(report_);
    MutexLock lock(mutex_);
    if (report_.signal != 0) {
      report_.ending = Ending::kInterrupted;
    } else {
      report_.duration = result_.duration;
      report_.peak_memory_bytes = result_.peak_memory_bytes;
      std::visit([this](auto& outcome) { Tell(outcome); }, result_.outcome);
    }
    return std::move(report_);
  }

  void Tell(Response& response) {
    report_.ending = Ending::kResult;
    report_.body = has_answer_ ? answer_->TakeBody() : std::move(response.body);
    if (has_answer_) report_.http_status = answer_->status();
  }

  void Tell(FunctionError& error) {
    report_.ending = error.failure.type == kTimeout ? Ending::kTimedOut : Ending::kFunctionFailed;
    report_.fc_error_type = std::move(error.fc_type);
    report_.error_type = std::move(error.failure.type);
    report_.body = std::move(error.failure.document);
  }

  void Tell(PlatformError& error) { report_.reason = std::move(error.message); }

  SingleCall call_;
  StopSignals& signals_;
  RunReport report_;
  KeptLog log_;
  const std::shared_ptr<WholeAnswer> answer_;
  bool has_answer_ = false;  // The call was a request.
  const Flag done_;
  const Flag over_;
  Mutex mutex_;
  CallResult result_ GUARDED_BY(mutex_) = {.outcome = PlatformError{}};
};

}  // namespace

RunReport RunSingleCall(SingleCall call, StopSignals& signals) {
  return Run(std::move(call), signals).Do();
}

}  // namespace openfc::emulator
