#pragma once

#include <string>
#include <string_view>

namespace openfc::emulator {

/// The console page of `fclocal start`, as files in the binary, and the contract of the API that
/// the page calls on the port that it came from.
///
/// Every call has the header `x-openfc-token` with the token that the page was served with; without
/// it, or with another one, the answer is 403, and the page asks to be reloaded. Answers are JSON;
/// one with a status of 400 and above is {"error": a sentence}. Times are milliseconds since 1970.
///
///   GET /_openfc/functions
///     {"functions": [{"name", "service", "runtime", "handler", "memoryMb", "timeoutS",
///       "concurrency", "http": bool, "url": text or null, "timers": [{"name", "expression",
///       "next": time or null}]}]}. `service` is "" for functions of FC 3.
///   GET /_openfc/events
///     {"events": [{"type", "text" or "base64"}]}, a sample event for each kind of trigger.
///   POST /_openfc/functions/NAME/invoke?service=S&async=1
///     Body: the event's bytes. Both parameters may be absent. Answered when the function is done,
///     {"requestId", "ok", "result", "resultEncoding": "utf-8" or "base64", "errorType",
///     "durationMs", "billedDurationMs", "maxMemoryUsedMb", "instanceId", "log"}; asynchronously at
///     once, {"requestId"}.
///   GET /_openfc/invocations?after=SEQ&function=NAME
///     {"last": SEQ, "invocations": [{"seq", "requestId", "function", "instanceId", "startedAt",
///     "durationMs", "ok", "errorType", "coldStart": bool, "kind": "sync", "async", "http" or
///     "timer"}]}: those that ended after the one numbered SEQ (0: all), oldest first, or the
///     newest of them where they are many. Waits up to 20 s while there is none.
///   GET /_openfc/invocations/ID/log
///     {"log", "truncated": bool}; ID is a request id.
///   GET /_openfc/instances
///     {"instances": [{"id", "function", "state": "starting", "ready", "busy", "frozen" or
///     "stopping", "inFlight", "memoryBytes", "peakMemoryBytes", "invocations", "startedAt",
///     "pid"}]}
///   POST /_openfc/instances/ID/stop
///     {}
struct Asset {
  std::string_view content_type;
  std::string_view bytes;
  std::string etag;  // With its quotes, to be asked for anew (no-cache). Empty: no-store.
};

/// What is served at `path`: `/` is the page, which goes through FillToken(), and what it refers to
/// stands below /_openfc/. Null: not ours.
const Asset* FindAsset(std::string_view path);

/// The page with `token`, which is put in as it is: letters, digits, `-` and `_`.
std::string FillToken(std::string_view page, std::string_view token);

/// What an answer with an asset says in the header content-security-policy, beside what the page
/// itself says: no other page may show it within itself. Goes with x-content-type-options: nosniff
/// and referrer-policy: no-referrer.
inline constexpr std::string_view kFramePolicy = "frame-ancestors 'none'";

}  // namespace openfc::emulator
