#pragma once

#include "emulator/function_definition.h"
#include "emulator/instance_environment.h"
#include "runtime/invoke/invocation.h"

#include <deque>
#include <string>

namespace openfc::emulator {

/// All that a new instance is asked to do in its life, in this order: the function's initializer,
/// the one invocation, and the hooks before freezing and before the end. A hook that the function
/// does not have is left out. Each has a request id of its own; `request_id` is the invocation's.
std::deque<Invocation> PlanInstance(const FunctionDefinition& function,
                                    const InstanceSetting& setting, const std::string& request_id,
                                    std::string event);

/// One invocation of the function in an instance, without its body; and one of a hook.
Invocation MakeInvocation(const FunctionDefinition& function, const InstanceSetting& setting,
                          const std::string& request_id);
Invocation MakeHookInvocation(const FunctionDefinition& function, const InstanceSetting& setting,
                              InvocationType type, const HookDefinition& hook);

/// For people: `initializer`, `function`, `pre-freeze hook`, `pre-stop hook`.
std::string NameOf(InvocationType type);

/// Whether it comes after the invocation: its failure is nobody's but the log's.
bool IsClosing(InvocationType type);

}  // namespace openfc::emulator
