#include "sandbox/api/premierlangage/premierlangage_dialect.h"

#include "runtime/base/mutex.h"
#include "runtime/wire/encoding.h"
#include "sandbox/api/forms/form_data.h"
#include "sandbox/api/premierlangage/containers.h"
#include "sandbox/api/premierlangage/delayed_calls.h"
#include "sandbox/api/premierlangage/environments.h"
#include "sandbox/api/premierlangage/execute_config.h"
#include "sandbox/api/premierlangage/execution.h"
#include "sandbox/api/premierlangage/host_figures.h"
#include "sandbox/api/premierlangage/libraries.h"
#include "sandbox/api/premierlangage/specifications.h"
#include "sandbox/service/workers.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>

namespace openfc::sandbox {
namespace {

constexpr std::uint16_t kPort = 7000;
constexpr std::size_t kMostBodyBytes = std::size_t{64} << 20U;
constexpr const char* kReads = "GET, HEAD, OPTIONS";
constexpr const char* kPosts = "POST, OPTIONS";

/// A request that goes from thread to thread.
struct Exchange {
  http::Request request;
  http::Responder responder;

  void Send(http::Response response) { std::move(responder).Send(std::move(response)); }
};
using Shared = std::shared_ptr<Exchange>;

bool IsRead(const http::Request& request) {
  return request.method() == "GET" || request.method() == "HEAD";
}

/// What stands in a header: nobody's line breaks.
std::string HeaderText(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '_');
  return text;
}

http::Response DownloadAnswer(const std::string& type, const std::string& name) {
  return {.headers = {{"Content-Type", type},
                      {"Content-Disposition", "attachment; filename=" + HeaderText(name)},
                      {"X-Content-Type-Options", "nosniff"}},
          .body = {}};
}

http::Response NoEnvironment(const std::string& uuid) {
  return TextAnswer(404, "No environment with UUID '" + uuid + "' found");
}

std::string FileText(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A run of many processes on many processors uses more time than passes.
Limits WithCpuTime(Limits limits, double seconds) {
  constexpr std::int64_t kPerSecond = 1000;
  const std::chrono::milliseconds wanted(
      static_cast<std::int64_t>(seconds * static_cast<double>(kPerSecond)) * 16 + kPerSecond);
  limits.cpu = std::min(wanted, WidestLimits().cpu);
  return limits;
}

class PremierLangageDialect final : public Dialect {
 public:
  PremierLangageDialect(const Ground& ground, PremierLangageOptions options)
      : ground_(ground),
        options_(std::move(options)),
        environments_({.folder = options_.folder,
                       .lifetime = options_.lifetime,
                       .full_bytes = options_.saved_bytes,
                       .limits = {.bytes = options_.limits.disk_bytes}}),
        containers_(std::make_shared<Containers>(
            std::max<std::size_t>(ground.executor.load().run_capacity, 1),
            ground.executor.load().queue_capacity, options_.patience, delays_)),
        execution_{.ground = ground_,
                   .environments = environments_,
                   .containers = *containers_,
                   .limits = WithCpuTime(options_.limits, options_.budget_seconds),
                   .budget_seconds = options_.budget_seconds} {}

  std::string_view name() const override { return "premierlangage"; }
  std::uint16_t default_port() const override { return kPort; }
  http::RequestLimits request_limits() const override { return {.max_body_bytes = kMostBodyBytes}; }

  void Handle(http::Request request, http::Responder responder) override {
    const auto exchange =
        std::make_shared<Exchange>(Exchange{std::move(request), std::move(responder)});
    const std::string path = wire::DecodePercent(exchange->request.path());
    if (path == "/execute/") return HandleExecute(exchange);
    if (path == "/specifications/") return Read(exchange, [this, exchange] { Specify(exchange); });
    if (path == "/usages/") return Read(exchange, [this, exchange] { Measure(exchange); });
    if (path == "/libraries/") return Read(exchange, [this, exchange] { ListLibraries(exchange); });
    if (HandleDownload(exchange, path)) return;
    exchange->Send(TextAnswer(404, "Not Found"));
  }

  http::Response Refuse(int status, std::string_view sentence) const override {
    return TextAnswer(status, std::string(sentence));
  }
  http::Response RefuseBusy() const override { return OverloadedAnswer(); }

 private:
  /// False: the method is another one, which has been answered.
  static bool Allows(Exchange& exchange, bool is_allowed, const char* allowed) {
    if (is_allowed) return true;
    http::Response response = TextAnswer(exchange.request.method() == "OPTIONS" ? 200 : 405, "");
    response.headers.emplace_back("Allow", allowed);
    exchange.Send(std::move(response));
    return false;
  }

  /// Answered by one of the workers, if it is read.
  void Read(const Shared& exchange, std::function<void()> answer) {
    if (Allows(*exchange, IsRead(exchange->request), kReads)) {
      ground_.workers.Post(std::move(answer));
    }
  }

  void HandleExecute(const Shared& exchange) {
    if (!Allows(*exchange, exchange->request.method() == "POST", kPosts)) return;
    ground_.workers.Post([this, exchange] { Execute(exchange); });
  }

  void Execute(const Shared& exchange) {
    // Large, and of no use for as long as the commands run.
    const std::string body = exchange->request.TakeBody();
    auto form = ReadForm(exchange->request.Header("Content-Type").value_or(""), body);
    if (!form) return exchange->Send(TextAnswer(400, form.error().message));
    const FormField* config = form->FindText("config");
    if (config == nullptr) return exchange->Send(TextAnswer(400, "Missing argument 'config'"));
    auto read =
        ReadExecuteConfig(config->value, options_.budget_seconds,
                          [this](const std::string& uuid) { return environments_.Has(uuid); });
    if (const auto* refusal = std::get_if<Refusal>(&read)) {
      return exchange->Send(TextAnswer(refusal->status, refusal->text));
    }
    auto& wanted = std::get<ExecuteConfig>(read);
    environments_.RemoveExpired();
    if (wanted.save && environments_.IsFull()) return exchange->Send(OverloadedAnswer());
    std::make_shared<Execution>(execution_, std::move(wanted), form->TakeFile("environment"),
                                std::move(exchange->responder))
        ->Start();
  }

  void Specify(const Shared& exchange) const {
    exchange->Send(JsonAnswer(
        200, RenderSpecifications(ReadHostFacts(), {.count = containers_->count(),
                                                    .limits = options_.limits,
                                                    .device = DeviceOf(options_.folder),
                                                    .isolation = ground_.executor.isolation()})));
  }

  void Measure(const Shared& exchange) {
    const auto before = std::make_shared<const HostCounters>(ReadHostCounters());
    delays_.After(options_.sampling, [this, exchange, before] {
      ground_.workers.Post([this, exchange, before] {
        exchange->Send(JsonAnswer(200, RenderUsages(ReadHostFacts(), *before, ReadHostCounters(),
                                                    containers_->in_use())));
      });
    });
  }

  /// Nothing of it changes while we run, so one run finds out for all.
  void ListLibraries(const Shared& exchange) EXCLUDES_LOCK(mutex_) {
    std::string known;
    {
      const MutexLock lock(mutex_);
      known = libraries_;
    }
    if (!known.empty()) return exchange->Send(JsonAnswer(200, std::move(known)));
    const auto taken = ground_.executor.Submit(
        LibrariesRun(execution_.limits), {.on_end = [this, exchange](RunOutcome outcome) {
          const auto output = std::make_shared<const std::string>(std::move(outcome.output));
          ground_.workers.Post([this, exchange, output] { TellLibraries(exchange, *output); });
        }});
    if (!taken) exchange->Send(OverloadedAnswer());
  }

  void TellLibraries(const Shared& exchange, const std::string& output) EXCLUDES_LOCK(mutex_) {
    std::string document =
        RenderLibraries(output, ReadDpkgStatus(FileText("/var/lib/dpkg/status")));
    if (document.empty()) {
      return exchange->Send(TextAnswer(500, "The libraries could not be listed"));
    }
    {
      const MutexLock lock(mutex_);
      libraries_ = document;
    }
    exchange->Send(JsonAnswer(200, std::move(document)));
  }

  /// False: it is none of these paths.
  bool HandleDownload(const Shared& exchange, const std::string& path) {
    constexpr std::string_view kEnvironments = "/environments/";
    constexpr std::string_view kFiles = "/files/";
    constexpr std::size_t kUuid = 36;
    const bool is_file = path.starts_with(kFiles);
    if (!path.ends_with('/') || (!is_file && !path.starts_with(kEnvironments))) return false;
    const std::string rest = path.substr(is_file ? kFiles.size() : kEnvironments.size());
    const std::string uuid = rest.substr(0, kUuid);
    if (!IsUuid(uuid) || rest.size() <= kUuid || rest[kUuid] != '/') return false;
    if (!is_file && rest.size() == kUuid + 1) {
      Read(exchange, [this, exchange, uuid] { SendEnvironment(*exchange, uuid); });
      return true;
    }
    if (!is_file || rest.size() <= kUuid + 2) return false;
    const std::string name = rest.substr(kUuid + 1, rest.size() - kUuid - 2);
    Read(exchange, [this, exchange, uuid, name] { SendFile(*exchange, uuid, name); });
    return true;
  }

  void SendEnvironment(Exchange& exchange, const std::string& uuid) const {
    const auto size = environments_.SizeOf(uuid);
    if (!size) return exchange.Send(NoEnvironment(uuid));
    http::Response response = DownloadAnswer("application/gzip", uuid + ".tgz");
    if (exchange.request.method() == "HEAD") {
      response.headers.emplace_back("Content-Length", std::to_string(*size));
      return exchange.Send(std::move(response));
    }
    auto bytes = environments_.Read(uuid);
    if (!bytes) return exchange.Send(NoEnvironment(uuid));
    response.body = *std::move(bytes);
    exchange.Send(std::move(response));
  }

  void SendFile(Exchange& exchange, const std::string& uuid, const std::string& name) const {
    if (!environments_.Has(uuid)) return exchange.Send(NoEnvironment(uuid));
    auto bytes = environments_.ReadFile(uuid, name);
    if (!bytes) {
      return exchange.Send(TextAnswer(
          404, "The file '" + name + "' could not be found in environment '" + uuid + "'"));
    }
    http::Response response =
        DownloadAnswer("application/octet-stream", name.substr(name.rfind('/') + 1));
    response.body = *std::move(bytes);
    exchange.Send(std::move(response));
  }

  const Ground ground_;
  const PremierLangageOptions options_;
  const Environments environments_;
  Mutex mutex_;
  std::string libraries_ GUARDED_BY(mutex_);
  DelayedCalls delays_;
  const std::shared_ptr<Containers> containers_;
  const ExecutionGround execution_;
};

}  // namespace

std::unique_ptr<Dialect> MakePremierLangageDialect(const Ground& ground,
                                                   PremierLangageOptions options) {
  return std::make_unique<PremierLangageDialect>(ground, std::move(options));
}

std::unique_ptr<Dialect> MakeServedPremierLangageDialect(const Ground& ground,
                                                         PremierLangageOptions options) {
  options.folder = ground.state + "/environments";
  options.limits = ground.limits.Over(options.limits);
  return MakePremierLangageDialect(ground, std::move(options));
}

}  // namespace openfc::sandbox
