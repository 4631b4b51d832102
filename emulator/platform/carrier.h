#pragma once

#include "emulator/platform/call.h"
#include "emulator/runtime_api.h"
#include "runtime/invoke/invocation.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace openfc::emulator {

/// The way of invocations into one instance's program, and of their answers back. What happens is
/// told as InstanceEvents, on the platform's thread: each invocation is Delivered at most once, and
/// then Answered at most once.
class Carrier {
 public:
  virtual ~Carrier() = default;

  /// In order; held until the program can take it. `sink` (of a forwarded request, else null) gets
  /// the answer as it comes.
  virtual void Submit(Invocation invocation, std::shared_ptr<AnswerSink> sink) = 0;

  /// From now on no answer to this invocation is told. False when it was answered already, or never
  /// delivered.
  virtual bool GiveUp(std::string_view request_id) = 0;

  /// Takes an invocation back that was not delivered yet; nothing when it was.
  virtual std::optional<Invocation> Withdraw(std::string_view request_id) = 0;

  /// How long past its deadline an instance may still answer for itself (fc-runtime-api.md,
  /// section 9).
  virtual std::chrono::seconds Patience() const = 0;

  /// The program stands still, and goes on.
  virtual void Pause() {}
  virtual void Resume() {}

  /// Whether no answer is on its way: of a program that has ended, what it said has been told.
  virtual bool IsIdle() const { return true; }
};

/// To a program that polls the Runtime API.
class PollCarrier final : public Carrier {
 public:
  explicit PollCarrier(std::unique_ptr<RuntimeApi> api) : api_(std::move(api)) {}

  void Submit(Invocation invocation, std::shared_ptr<AnswerSink> /*sink*/) override {
    api_->Submit(std::move(invocation));
  }
  bool GiveUp(std::string_view request_id) override { return api_->GiveUp(request_id); }
  std::optional<Invocation> Withdraw(std::string_view request_id) override {
    return api_->Withdraw(request_id);
  }
  std::chrono::seconds Patience() const override { return std::chrono::seconds(1); }

 private:
  const std::unique_ptr<RuntimeApi> api_;
};

}  // namespace openfc::emulator
