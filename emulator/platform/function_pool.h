#pragma once

#include "emulator/platform/call.h"
#include "emulator/platform/live_instance.h"
#include "emulator/platform/platform_loop.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace openfc::emulator {

class FunctionPool;

/// Who is told of what a pool's instances do, on the platform's thread.
class PoolListener {
 public:
  virtual void OnFinished(const FunctionPool& pool, const Call& call, const CallResult& result) = 0;
  virtual void OnLog(const FunctionPool& pool, const LiveInstance& instance,
                     std::string_view bytes) = 0;

  /// It writes nothing more.
  virtual void OnLogEnd(const FunctionPool& pool, const LiveInstance& instance) = 0;

  /// An instance has ended and was let go of.
  virtual void OnInstanceGone() = 0;

 protected:
  ~PoolListener() = default;
};

/// A function's code as it is on the disk.
struct CodeState {
  std::string folder;
  std::string checksum = {};  // Empty: not known.
};

struct PoolOptions {
  std::size_t max_instances = 10;
  std::size_t max_waiting = 1000;  // Calls for which there is no instance yet.
};

/// One function with its instances: as many as calls at once need, up to a bound. A call goes to an
/// instance that runs, else to one that is frozen, else to a new one, else it waits; the bound of
/// those that wait is answered 429.
class FunctionPool final : public InstanceOwner {
 public:
  /// All of these outlive it.
  FunctionPool(InstanceModel model, const PoolOptions& options,
               const InstanceSurroundings& surroundings, PoolListener& listener)
      : model_(std::make_shared<const InstanceModel>(std::move(model))),
        options_(options),
        surroundings_(surroundings),
        listener_(listener),
        leave_alarm_(surroundings.loop, [this] { DropUnwanted(); }) {}
  FunctionPool(const FunctionPool&) = delete;
  FunctionPool& operator=(const FunctionPool&) = delete;

  /// What these give is gone with the next Replace().
  const InstanceModel& model() const { return *model_; }
  const FunctionDefinition& function() const { return model_->function; }
  const std::vector<std::unique_ptr<LiveInstance>>& instances() const { return instances_; }
  std::size_t waiting() const { return waiting_.size(); }

  /// Calls that all its instances together can run at once.
  std::size_t capacity() const;

  /// Ends the call, and with it what runs it, when that runs nothing else; otherwise it goes on.
  void Abandon(std::string_view request_id);

  void Submit(Call call);

  /// From now on calls go to new instances, which have this code.
  void RenewInstances(const CodeState& code);

  /// From now on calls, those that wait too, go to new instances of this model.
  void Replace(InstanceModel model);

  /// Nobody calls it any more: what was taken is finished, and then no instance is left.
  void Close();

  /// Refuses calls, those that wait too, and stops all instances; again: at once.
  void Stop();
  bool IsEmpty() const { return instances_.empty(); }

 private:
  void OnRoom(LiveInstance& instance) override;
  void OnReturned(Call call) override;
  void OnFinished(const Call& call, const CallResult& result) override;
  void OnLog(const LiveInstance& instance, std::string_view bytes) override;
  void OnGone(LiveInstance& instance) override;

  LiveInstance* ChooseInstance();
  std::size_t CountServing() const;
  bool MayStart() const;
  void ServeWaiting();
  void StartFor(Call call);
  void Hold(Call call);
  void DropUnwanted();
  void Refuse(Call& call, PlatformError error);

  std::shared_ptr<const InstanceModel> model_;
  const PoolOptions options_;
  const InstanceSurroundings surroundings_;
  PoolListener& listener_;
  bool is_stopped_ = false;
  bool is_closed_ = false;
  std::deque<Call> waiting_;
  Alarm leave_alarm_;  // To look who of them has gone.
  std::vector<std::unique_ptr<LiveInstance>> instances_;
};

}  // namespace openfc::emulator
