#include "emulator/service_file/service_file.h"

#include "emulator/service_file/substitution.h"
#include "emulator/service_file/yaml_section.h"
#include "emulator/service_file/yaml_tree.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace openfc::emulator {
namespace {

namespace fs = std::filesystem;

// Keys of every s.yaml that are about the file itself.
constexpr auto kPreamble = {"edition", "name", "access", "vars"};

constexpr std::uintmax_t kMostFileBytes = 4UL * 1024 * 1024;
constexpr std::int64_t kDefaultMemoryOfFc2 = 128;

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

Error AtLine(int line, const std::string& what) {
  return Invalid("line " + std::to_string(line) + ": " + what);
}

Expected<std::string> ReadText(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return Invalid("cannot be read: " + error.message());
  if (size > kMostFileBytes) return Invalid("is too large for a s.yaml");
  std::ifstream file(path, std::ios::binary);
  if (!file) return Invalid("cannot be read: " + std::generic_category().message(errno));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// `devsapp/fc3@0.1.2` is fc3.
std::string_view PlainComponent(std::string_view component) {
  component = component.substr(0, component.find('@'));
  const auto slash = component.rfind('/');
  return slash == std::string_view::npos ? component : component.substr(slash + 1);
}

/// One entry of resources or services.
struct Candidate {
  std::string key;
  std::string path;
  std::string component;
  YamlNode node;

  bool IsFunction() const {
    const auto plain = PlainComponent(component);
    return plain == "fc" || plain == "fc3";
  }
};

/// Reads one file; its functions are the steps of ReadServiceFile, in order.
class ServiceFileReader {
 public:
  ServiceFileReader(const ServiceFileQuery& query, YamlNode document, const Variables& environment)
      : query_(query),
        document_(std::move(document)),
        substitution_(document_.Find("vars"), environment) {}

  Expected<ServiceFunction> Read() {
    auto candidates = ListCandidates();
    if (!candidates) return candidates.error();
    const auto chosen = Choose(*candidates);
    if (!chosen) return chosen.error();
    const Candidate& candidate = (*candidates)[*chosen];
    YamlSection section(candidate.node, candidate.path, substitution_);
    auto props = section.Section("props");
    if (!props) return props.error();
    if (!*props) return AtLine(candidate.node.line, section.PathOf("props") + " is missing");
    section.MarkRead("component");
    NoteUnread(section);
    const bool is_fc3 = PlainComponent(candidate.component) == "fc3";
    const Status read = is_fc3 ? ReadFc3(**props) : ReadFc2(**props);
    if (!read) return read.error();
    return std::move(result_);
  }

 private:
  Expected<std::vector<Candidate>> ListCandidates() {
    if (document_.kind != YamlNode::Kind::kMap) return Invalid("this is no s.yaml: it has no keys");
    std::vector<Candidate> candidates;
    YamlSection root(document_, "", substitution_);
    for (const char* const key : kPreamble) root.MarkRead(key);
    for (const char* const key : {"resources", "services"}) {
      auto section = root.Section(key);
      if (!section) return section.error();
      if (!*section) continue;
      for (const std::string& name : (*section)->Keys()) {
        auto entry = (*section)->Section(name);
        if (!entry) return entry.error();
        auto component = (*entry)->RequiredText("component");
        if (!component) return component.error();
        candidates.push_back({.key = name,
                              .path = (*section)->PathOf(name),
                              .component = *std::move(component),
                              .node = *document_.Find(key)->Find(name)});
      }
    }
    NoteUnread(root);
    if (candidates.empty()) return Invalid("this s.yaml has neither resources nor services");
    return candidates;
  }

  Expected<std::size_t> Choose(const std::vector<Candidate>& candidates) {
    std::vector<std::size_t> functions;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (candidates[i].IsFunction()) functions.push_back(i);
    }
    if (!query_.function.empty()) return ChooseByName(candidates);
    if (functions.size() == 1) return functions.front();
    if (functions.empty()) {
      return Invalid("this s.yaml has no function: no component in it is fc3 or fc");
    }
    return Invalid("this s.yaml has several functions, name one of them: " + Names(candidates));
  }

  Expected<std::size_t> ChooseByName(const std::vector<Candidate>& candidates) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const Candidate& candidate = candidates[i];
      if (candidate.key != query_.function && FunctionName(candidate) != query_.function) continue;
      if (candidate.IsFunction()) return i;
      return AtLine(candidate.node.line,
                    candidate.path + " is no function: its component is " + candidate.component);
    }
    return Invalid("there is no function " + query_.function + " in this s.yaml: it has " +
                   Names(candidates));
  }

  static std::string Names(const std::vector<Candidate>& candidates) {
    std::string names;
    for (const Candidate& candidate : candidates) {
      if (!candidate.IsFunction()) continue;
      names.append(names.empty() ? "" : ", ").append(candidate.key);
    }
    return names;
  }

  /// Empty when it cannot be told: the search goes on by key.
  std::string FunctionName(const Candidate& candidate) {
    YamlSection section(candidate.node, candidate.path, substitution_);
    auto props = section.Section("props");
    if (!props || !*props) return {};
    auto name = (*props)->Text("functionName");
    if (name && *name) return **name;
    auto function = (*props)->Section("function");
    if (!function || !*function) return {};
    name = (*function)->Text("name");
    return name && *name ? **name : std::string();
  }

  Status ReadFc3(YamlSection& props) {
    auto name = props.RequiredText("functionName");
    if (!name) return name.error();
    Definition().name = *std::move(name);
    if (const Status region = ReadRegion(props); !region) return region.error();
    if (const Status log = ReadLog(props); !log) return log.error();
    if (const Status common = ReadFunction(props, "code"); !common) return common.error();
    if (const Status hooks = ReadHooks(props, "initializer"); !hooks) return hooks.error();
    NoteUnread(props);
    return Ok();
  }

  Status ReadFc2(YamlSection& props) {
    Definition().memory_mb = kDefaultMemoryOfFc2;
    if (const Status region = ReadRegion(props); !region) return region.error();
    if (const Status service = ReadService(props); !service) return service.error();
    auto function = props.Section("function");
    if (!function) return function.error();
    if (!*function) return AtLine(props.line(), props.PathOf("function") + " is missing");
    auto name = (*function)->RequiredText("name");
    if (!name) return name.error();
    Definition().name = *std::move(name);
    if (const Status read = ReadFunction(**function, "codeUri"); !read) return read.error();
    if (const Status read = ReadInitializerOfFc2(**function); !read) return read.error();
    if (const Status hooks = ReadHooks(**function, "preFreeze"); !hooks) return hooks.error();
    NoteUnread(props);
    NoteUnread(**function);
    return Ok();
  }

  Status ReadService(YamlSection& props) {
    auto service = props.Section("service");
    if (!service) return service.error();
    if (!*service) return Ok();
    auto name = (*service)->RequiredText("name");
    if (!name) return name.error();
    Definition().service_name = *std::move(name);
    if (const Status log = ReadLog(**service); !log) return log.error();
    NoteUnread(**service);
    return Ok();
  }

  Status ReadRegion(YamlSection& props) {
    auto region = props.Text("region");
    if (!region) return region.error();
    if (*region) Definition().region = **std::move(region);
    return Ok();
  }

  Status ReadLog(YamlSection& section) {
    const auto node = section.Node("logConfig");
    if (!node) return node.error();
    if (!*node || (*node)->kind == YamlNode::Kind::kText)
      return Ok();  // `auto`: the cloud chooses.
    auto log = section.Section("logConfig");
    if (!log) return log.error();
    auto project = (*log)->Text("project");
    if (!project) return project.error();
    auto store = (*log)->Text("logstore");
    if (!store) return store.error();
    Definition().log_project = project->value_or("");
    Definition().log_store = store->value_or("");
    NoteUnread(**log);
    return Ok();
  }

  /// What both editions have under the same names, but for the code's.
  Status ReadFunction(YamlSection& section, const char* code_key) {
    if (const Status runtime = ReadRuntime(section); !runtime) return runtime.error();
    if (const Status code = ReadCode(section, code_key); !code) return code.error();
    section.MarkRead("handler");
    auto handler =
        query_.handler ? Expected<std::string>(*query_.handler) : section.RequiredText("handler");
    if (!handler) return handler.error();
    Definition().handler = *std::move(handler);
    const auto timeout = section.Number("timeout");
    if (!timeout) return timeout.error();
    if (*timeout) Definition().timeout = std::chrono::seconds(**timeout);
    const auto memory = section.Number("memorySize");
    if (!memory) return memory.error();
    Definition().memory_mb = memory->value_or(Definition().memory_mb);
    auto variables = section.Texts("environmentVariables");
    if (!variables) return variables.error();
    Definition().environment = *std::move(variables);
    return Ok();
  }

  Status ReadInitializerOfFc2(YamlSection& function) {
    auto handler = function.Text("initializer");
    if (!handler) return handler.error();
    const auto timeout = function.Number("initializationTimeout");
    if (!timeout) return timeout.error();
    if (!*handler || (*handler)->empty()) return Ok();
    Definition().initializer = MakeHook(**std::move(handler), *timeout);
    return Ok();
  }

  /// preStop, and the one that only this edition has here.
  Status ReadHooks(YamlSection& section, const std::string& edition_key) {
    auto lifecycle = section.Section("instanceLifecycleConfig");
    if (!lifecycle) return lifecycle.error();
    if (!*lifecycle) return Ok();
    auto& other = edition_key == "initializer" ? Definition().initializer : Definition().pre_freeze;
    if (const Status read = ReadHook(**lifecycle, edition_key, other); !read) return read.error();
    const Status read = ReadHook(**lifecycle, "preStop", Definition().pre_stop);
    if (!read) return read.error();
    NoteUnread(**lifecycle);
    return Ok();
  }

  /// One without a handler (of a program's command, say) is none.
  Status ReadHook(YamlSection& lifecycle, const std::string& key,
                  std::optional<HookDefinition>& hook) {
    auto section = lifecycle.Section(key);
    if (!section) return section.error();
    if (!*section) return Ok();
    auto handler = (*section)->Text("handler");
    if (!handler) return handler.error();
    const auto timeout = (*section)->Number("timeout");
    if (!timeout) return timeout.error();
    if (*handler && !(*handler)->empty()) hook = MakeHook(**std::move(handler), *timeout);
    NoteUnread(**section);
    return Ok();
  }

  static HookDefinition MakeHook(std::string handler, std::optional<std::int64_t> timeout) {
    HookDefinition hook{.handler = std::move(handler)};
    if (timeout) hook.timeout = std::chrono::seconds(*timeout);
    return hook;
  }

  Status ReadRuntime(YamlSection& section) {
    if (query_.has_own_runtime) return Ok();
    auto runtime = section.RequiredText("runtime");
    if (!runtime) return runtime.error();
    Definition().runtime = *std::move(runtime);
    if (Definition().runtime.starts_with("python3")) return Ok();
    return Invalid(section.PathOf("runtime").append(" is ").append(Definition().runtime) +
                   ", but this version runs python3 functions only; another program that speaks "
                   "the Runtime API can be given with --bootstrap");
  }

  Status ReadCode(YamlSection& section, const char* key) {
    if (query_.code_path) {
      section.MarkRead(key);
      Definition().code_path = *query_.code_path;
      return Ok();
    }
    const auto node = section.Node(key);
    if (!node) return node.error();
    Expected<std::string> code = std::string();
    std::string path = section.PathOf(key);
    if (*node && (*node)->kind == YamlNode::Kind::kMap) {
      auto object = section.Section(key);
      if (!object) return object.error();
      // Editions 1 and 3 differ in the first letter.
      auto source = (*object)->Text((*node)->Find("Src") != nullptr ? "Src" : "src");
      if (!source) return source.error();
      if (!*source) {
        return Invalid(path + " is not in this folder: fetch it, and give its folder with --code");
      }
      path += ".src";
      code = **std::move(source);
    } else {
      code = section.RequiredText(key);
    }
    if (!code) return code.error();
    return SetCode(path, *code);
  }

  Status SetCode(const std::string& key_path, const std::string& code) {
    for (const char* const ending : {".zip", ".jar", ".war"}) {
      if (code.ends_with(ending)) {
        return Invalid(std::string(key_path)
                           .append(" is the archive ")
                           .append(code)
                           .append(", but this version runs folders only: unpack it, and give its "
                                   "folder with --code"));
      }
    }
    const fs::path folder = fs::absolute(query_.path).parent_path() / code;
    Definition().code_path = folder.lexically_normal().string();
    return Ok();
  }

  void NoteUnread(const YamlSection& section) {
    for (std::string& path : section.UnreadPaths()) {
      result_.without_effect.push_back(std::move(path));
    }
  }

  FunctionDefinition& Definition() { return result_.definition; }

  const ServiceFileQuery& query_;
  const YamlNode document_;
  const Substitution substitution_;
  ServiceFunction result_;
};

Expected<ServiceFunction> ReadNamed(const ServiceFileQuery& query, const Variables& environment) {
  const auto text = ReadText(query.path);
  if (!text) return text.error();
  auto document = ParseYaml(*text);
  if (!document) return document.error();
  return ServiceFileReader(query, *std::move(document), environment).Read();
}

}  // namespace

Expected<ServiceFunction> ReadServiceFile(const ServiceFileQuery& query,
                                          const Variables& environment) {
  auto function = ReadNamed(query, environment);
  if (function) return function;
  const std::string& message = function.error().message;
  return Error{function.error().code, query.path + ": " + message};
}

}  // namespace openfc::emulator
