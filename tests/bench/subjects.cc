#include "tests/bench/subjects.h"

namespace openfc::bench {

Subject OurRuntime(std::size_t concurrency) {
  return {.name = "openfc bootstrap",
          .environment = {{"FC_CONCURRENT_LIMIT", std::to_string(concurrency)}}};
}

Subject OurRuntimeForAws() {
  return {.name = "openfc bootstrap, AWS's dialect",
          .environment = {{"_HANDLER", "index.handler"}},
          .dialect = Dialect::kAws};
}

Subject OurWorkers(std::size_t workers, std::size_t concurrency) {
  return {.name = "openfc rloader, OPENFC_WORKERS=" + std::to_string(workers),
          .program = "rloader",
          .environment = {{"FC_FUNCTION_HANDLER", "index.handler"},
                          {"OPENFC_WORKERS", std::to_string(workers)},
                          {"FC_CONCURRENT_LIMIT", std::to_string(concurrency)}}};
}

Subject Awslambdaric(const std::string& python) {
  return {.name = "awslambdaric, AWS's dialect",
          .program = python,
          .arguments = {"-m", "awslambdaric", "index.handler"},
          .environment = {{"AWS_LAMBDA_FUNCTION_NAME", "bench"},
                          {"AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"},
                          {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"},
                          {"AWS_REGION", "here"}},
          .dialect = Dialect::kAws};
}

Subject BareClient(Calls calls, std::size_t window) {
  Subject subject{.name = calls == Calls::kTwo ? "bare client, two calls"
                                               : "bare client, result and poll together",
                  .program = "bench_bare_client",
                  .arguments = {"--window", std::to_string(window)}};
  if (calls == Calls::kTogether) subject.arguments.emplace_back("--together");
  return subject;
}

}  // namespace openfc::bench
