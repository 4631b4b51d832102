#include "emulator/commands/trigger_call.h"

#include "emulator/commands/event_request.h"
#include "emulator/instance_plan.h"
#include "emulator/request_id.h"
#include "runtime/wire/encoding.h"
#include "runtime/wire/http_params.h"
#include "runtime/wire/http_trigger.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace openfc::emulator {
namespace {

Error Invalid(std::string sentence) {
  return Error{ErrorCode::kInvalidArgument, std::move(sentence)};
}

bool TakesMethod(const HttpTrigger& trigger, const std::string& method) {
  return trigger.methods.empty() ||
         std::find(trigger.methods.begin(), trigger.methods.end(), method) != trigger.methods.end();
}

/// `GET /`, or with another method where the trigger does not take that.
EventRequest RequestOfNothing(const HttpTrigger& trigger) {
  EventRequest request = PlainRequest();
  if (!TakesMethod(trigger, request.http.method)) request.http.method = trigger.methods.front();
  return request;
}

TriggerCall Forwarded(const FunctionDefinition& function, EventRequest request) {
  EventRequest addressed = AddressedTo(function, std::move(request));
  return {.body = std::move(addressed.body), .http = std::move(addressed.http)};
}

TriggerCall AsParameters(EventRequest request) {
  const std::string_view target = request.http.target;
  const std::string path = wire::DecodePercent(target.substr(0, target.find('?')));
  return {.body = std::move(request.body),
          .http_params = wire::WriteHttpParams(request.http, path)};
}

TriggerCall AsEvent(const FunctionDefinition& function, const EventRequest& request) {
  const Invocation invocation = MakeInvocation(
      function, {.api_address = {}, .instance_id = {}, .identity = {}}, MakeRequestId());
  return {.body = wire::HttpTriggerEvent(request.http, request.body, invocation,
                                         std::chrono::system_clock::now())};
}

}  // namespace

Expected<TriggerCall> TriggerCallOf(const InvokeCommandLine& line,
                                    const FunctionDefinition& function, std::string event) {
  TriggerCall as_it_is{.body = std::move(event)};
  if (!function.http_trigger) return as_it_is;
  const bool is_custom = function.custom && !line.bootstrap;
  const bool is_fc2 = !is_custom && function.edition == Edition::kFc2;
  const bool has_event = line.event || line.event_file || line.event_type;
  auto request =
      has_event ? RequestOfEvent(as_it_is.body) : RequestOfNothing(*function.http_trigger);
  if (!request && is_fc2) {
    return Invalid("the HTTP function " + function.name +
                   " takes requests, no events: leave the event out for GET /, or give that of an "
                   "HTTP trigger (--event-type http)");
  }
  if (!request) return as_it_is;
  const bool is_event = has_event && !is_custom && !is_fc2;
  if (is_event) return as_it_is;
  if (!TakesMethod(*function.http_trigger, request->http.method)) {
    return Invalid("the HTTP trigger of " + function.name + " does not take " +
                   request->http.method);
  }
  if (is_custom) return Forwarded(function, *std::move(request));
  if (is_fc2) return AsParameters(*std::move(request));
  return AsEvent(function, *request);
}

}  // namespace openfc::emulator
