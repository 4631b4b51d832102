#include "emulator/platform/push_carrier.h"

#include "emulator/platform/custom_request.h"
#include "runtime/wire/error_document.h"
#include "runtime/wire/fault.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace openfc::emulator {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A connection that breaks may be the first sign of a death, which tells more.
constexpr milliseconds kDeathTime{100};

/// The deadlines are the instance's to keep; a thread must not wait for ever all the same.
constexpr milliseconds kBeyondDeadline{5000};

}  // namespace

/// Keeps an answer whole, or hands it on as it comes.
class PushCarrier::Sink final : public ExchangeSink {
 public:
  Sink(AnswerSink* stream, std::size_t most) : stream_(stream), most_(most) {}

  bool OnHead(int status, std::vector<std::pair<std::string, std::string>> headers) override {
    status_ = status;
    if (stream_ != nullptr) return Stands(stream_->Begin(status, std::move(headers)));
    headers_ = std::move(headers);
    return true;
  }

  bool OnBody(std::string_view bytes) override {
    if (stream_ != nullptr) return Stands(stream_->Write(bytes));
    size_ += bytes.size();
    if (size_ <= most_) body_.append(bytes);
    return size_ <= most_;
  }

  /// Of an exchange that came to its end.
  Outcome Complete(InvocationType type) {
    if (stream_ == nullptr) return OutcomeOf(type, status_, headers_, std::move(body_));
    (void)stream_->Finish();
    return Response{.body = {}, .status = status_};
  }

  /// Of one where the rest was not wanted.
  Failure Unwanted(const wire::ProcessEnd& known) const {
    if (stream_ == nullptr) return wire::ResponseTooLarge(size_, most_);
    if (refusal_ && refusal_->code == ErrorCode::kProtocol) {
      return {.type = "BadResponse",
              .document = wire::FaultDocument("BadResponse", refusal_->message, {})};
    }
    return wire::InvocationCanceled(known);
  }

 private:
  bool Stands(const Status& status) {
    if (!status) refusal_ = status.error();
    return status.has_value();
  }

  AnswerSink* const stream_;
  const std::size_t most_;
  std::optional<Error> refusal_;  // Why the stream takes no more.
  int status_ = 0;
  std::size_t size_ = 0;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string body_;
};

PushCarrier::PushCarrier(PlatformLoop& loop, const FunctionDefinition& function,
                         const ServerPlace& place, const PushOptions& options,
                         PushListener listener)
    : loop_(loop),
      function_(function),
      place_(place),
      options_(options),
      listener_(std::move(listener)),
      most_threads_(static_cast<std::size_t>(std::max(function.instance_concurrency, 1))),
      broken_alarm_(loop, [this] { TellBroken(); }),
      self_(std::make_shared<PushCarrier*>(this)) {
  ProbeListener probe_listener{
      .when_ready =
          [this](const std::string& host, bool is_reachable) {
            Post([this, host, is_reachable] { OnReady(host, is_reachable); });
          },
      .when_unwell =
          [this](const std::string& reason) {
            Post([this, reason] { listener_.when_unwell(reason); });
          }};
  probe_ = std::make_unique<ServerProbe>(place.port, place.network, function.custom->health,
                                         std::move(probe_listener));
}

PushCarrier::~PushCarrier() {
  {
    MutexLock lock(mutex_);
    for (std::jthread& thread : threads_) thread.request_stop();
    for (const auto& [id, exchange] : carried_) exchange->Cancel();
  }
  changed_.NotifyAll();
  threads_.clear();
  probe_.reset();
  self_.reset();  // Last: the threads have posted with it.
}

/// Runs on the platform's thread, unless this is gone by then.
void PushCarrier::Post(std::function<void()> call) {
  loop_.Post([weak = std::weak_ptr(self_), call = std::move(call)] {
    if (!weak.expired()) call();
  });
}

void PushCarrier::OnReady(const std::string& host, bool is_reachable) {
  {
    MutexLock lock(mutex_);
    host_ = host;
  }
  if (!is_reachable) {
    listener_.when_odd("the server listens on " + host +
                       " alone, where the platform would not reach it: it must listen on 0.0.0.0");
  }
  StartThreads();
}

// From the platform's thread ---------------------------------------------------------------------

void PushCarrier::Submit(Invocation invocation, std::shared_ptr<AnswerSink> sink) {
  const std::string id = invocation.request_id;
  if (sink != nullptr) {
    sink->WhenGone([this, weak = std::weak_ptr(self_), id] {
      if (!weak.expired()) CancelFor(id);
    });
  }
  {
    MutexLock lock(mutex_);
    queue_.push_back({.invocation = std::move(invocation), .sink = std::move(sink)});
  }
  StartThreads();
}

/// One more, while there is work for more than rest.
void PushCarrier::StartThreads() {
  std::size_t wanted = 0;
  {
    MutexLock lock(mutex_);
    if (host_.empty()) return;
    wanted = queue_.size() - std::min(queue_.size(), resting_);
  }
  changed_.NotifyAll();
  for (; wanted > 0 && threads_.size() < most_threads_; --wanted) {
    threads_.emplace_back([this](const std::stop_token& stop) { Serve(stop); });
  }
}

bool PushCarrier::GiveUp(std::string_view request_id) {
  if (const auto broken = broken_.find(request_id); broken != broken_.end()) {
    broken_.erase(broken);
    return true;
  }
  MutexLock lock(mutex_);
  const auto found = carried_.find(request_id);
  if (found == carried_.end()) return false;
  found->second->Cancel();
  carried_.erase(found);
  return true;
}

std::optional<Invocation> PushCarrier::Withdraw(std::string_view request_id) {
  MutexLock lock(mutex_);
  const auto found = std::find_if(queue_.begin(), queue_.end(), [&](const Job& job) {
    return job.invocation.request_id == request_id;
  });
  if (found == queue_.end()) return std::nullopt;
  Invocation invocation = std::move(found->invocation);
  queue_.erase(found);
  return invocation;
}

bool PushCarrier::IsIdle() const {
  MutexLock lock(mutex_);
  return carried_.empty() && untold_ == 0;
}

/// Its client has gone: the server is let go.
void PushCarrier::CancelFor(const std::string& request_id) {
  MutexLock lock(mutex_);
  if (const auto found = carried_.find(request_id); found != carried_.end()) {
    found->second->Cancel();
  }
}

// The threads ------------------------------------------------------------------------------------

void PushCarrier::Serve(const std::stop_token& stop) {
  const NetworkNamespace::Visit visit(place_.network);
  std::string host;
  {
    MutexLock lock(mutex_);
    host = host_;
  }
  HttpExchange exchange(host, place_.port);
  while (auto job = Take(exchange, stop)) Carry(*std::move(job), exchange);
}

std::optional<PushCarrier::Job> PushCarrier::Take(HttpExchange& exchange,
                                                  const std::stop_token& stop) {
  MutexLock lock(mutex_);
  ++resting_;
  while (!stop.stop_requested() && queue_.empty()) changed_.Wait(mutex_);
  --resting_;
  if (stop.stop_requested()) return std::nullopt;
  Job job = std::move(queue_.front());
  queue_.pop_front();
  exchange.Arm();
  carried_.emplace(job.invocation.request_id, &exchange);
  return job;
}

void PushCarrier::Carry(Job job, HttpExchange& exchange) {
  Invocation& invocation = job.invocation;
  const std::string id = invocation.request_id;
  const auto timeout = std::chrono::seconds(invocation.function.timeout_s);
  const Time begun = steady_clock::now();
  Post([this, id, begun] { listener_.when_event(Delivered{.request_id = id, .at = begun}); });
  invocation.deadline = Deadline::After(timeout);
  Sink sink(job.sink.get(), options_.max_response_bytes);
  const ExchangeEnd end =
      exchange.Run(RequestFor(invocation, function_), sink, timeout + kBeyondDeadline);
  const Time at = steady_clock::now();
  const wire::ProcessEnd known{.duration = duration_cast<milliseconds>(at - begun)};
  Outcome outcome = Response{};
  switch (end) {
    case ExchangeEnd::kComplete:
      outcome = sink.Complete(invocation.type);
      break;
    case ExchangeEnd::kUnwanted:
      outcome = sink.Unwanted(known);
      break;
    case ExchangeEnd::kCancelled:
      outcome = wire::InvocationCanceled(known);
      break;
    case ExchangeEnd::kUnreachable:
    case ExchangeEnd::kCutOff:
      outcome = wire::ConnectionClosed(known);
      break;
  }
  const bool is_broken = end == ExchangeEnd::kUnreachable || end == ExchangeEnd::kCutOff;
  {
    MutexLock lock(mutex_);
    if (carried_.erase(id) == 0) return;  // Given up.
    ++untold_;
  }
  Post([this, id, at, is_broken, outcome = std::move(outcome)]() mutable {
    OnEnded(id, std::move(outcome), at, is_broken);
  });
}

// What they have learned, on the platform's thread -----------------------------------------------

void PushCarrier::OnEnded(const std::string& request_id, Outcome outcome, Time at, bool is_broken) {
  {
    MutexLock lock(mutex_);
    --untold_;
  }
  Answered answered{.request_id = request_id, .outcome = std::move(outcome), .at = at};
  if (!is_broken) return listener_.when_event(std::move(answered));
  broken_.insert_or_assign(request_id, std::move(answered));
  if (!broken_alarm_.IsSet()) broken_alarm_.Set(Deadline::After(kDeathTime));
}

void PushCarrier::TellBroken() {
  for (auto& [id, answered] : std::exchange(broken_, {})) {
    listener_.when_event(std::move(answered));
  }
}

}  // namespace openfc::emulator
