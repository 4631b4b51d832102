#include "emulator/instance_plan.h"

#include "emulator/request_id.h"

#include <utility>

namespace openfc::emulator {

Invocation MakeInvocation(const FunctionDefinition& function, const InstanceSetting& setting,
                          const std::string& request_id) {
  Invocation invocation;
  invocation.request_id = request_id;
  invocation.function = {.name = function.name,
                         .handler = function.handler,
                         .memory_mb = function.memory_mb,
                         .timeout_s = function.timeout.count()};
  invocation.service = {.name = function.service_name,
                        .log_project = function.log_project,
                        .log_store = function.log_store,
                        .qualifier = "LATEST",
                        .version_id = ""};
  invocation.credentials = setting.identity.credentials;
  invocation.region = function.region;
  invocation.account_id = setting.identity.account_id;
  invocation.instance_id = setting.instance_id;
  return invocation;
}

Invocation MakeHookInvocation(const FunctionDefinition& function, const InstanceSetting& setting,
                              InvocationType type, const HookDefinition& hook) {
  Invocation invocation = MakeInvocation(function, setting, MakeRequestId());
  invocation.type = type;
  invocation.function.handler = hook.handler;
  invocation.function.timeout_s = hook.timeout.count();
  return invocation;
}

std::deque<Invocation> PlanInstance(const FunctionDefinition& function,
                                    const InstanceSetting& setting, const std::string& request_id,
                                    std::string event) {
  std::deque<Invocation> plan;
  const auto add_hook = [&](InvocationType type, const std::optional<HookDefinition>& hook) {
    if (hook) plan.push_back(MakeHookInvocation(function, setting, type, *hook));
  };
  add_hook(InvocationType::kInitialize, function.initializer);
  plan.push_back(MakeInvocation(function, setting, request_id));
  plan.back().body = std::move(event);
  add_hook(InvocationType::kPreFreeze, function.pre_freeze);
  add_hook(InvocationType::kPreStop, function.pre_stop);
  return plan;
}

std::string NameOf(InvocationType type) {
  switch (type) {
    case InvocationType::kInvoke:
      return "function";
    case InvocationType::kInitialize:
      return "initializer";
    case InvocationType::kPreStop:
      return "pre-stop hook";
    case InvocationType::kPreFreeze:
      return "pre-freeze hook";
  }
  return "function";
}

bool IsClosing(InvocationType type) {
  return type == InvocationType::kPreStop || type == InvocationType::kPreFreeze;
}

}  // namespace openfc::emulator
