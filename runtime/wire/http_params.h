#pragma once

#include "runtime/base/error.h"
#include "runtime/invoke/invocation.h"
#include "runtime/wire/http_trigger.h"

#include <string>
#include <string_view>

/// How the platform hands an HTTP request to an HTTP function of FC 2, and gets its answer: the
/// header x-fc-http-params (fc-runtime-api.md, section 5). The body travels as the body.
namespace openfc::wire {

/// The header's value for a request. `path` is what stands below the function's base path, decoded
/// and beginning with a slash; a header's values of one name become a list, in their order.
std::string WriteHttpParams(const HttpRequest& request, std::string_view path);

/// Status and headers that such a function has answered with; the body is left to the caller.
/// kProtocol with a sentence for what is no answer.
Expected<HttpAnswer> ReadHttpParamsAnswer(std::string_view params);

}  // namespace openfc::wire
