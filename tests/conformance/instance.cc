#include "tests/conformance/instance.h"

#include <fstream>
#include <iterator>
#include <regex>

namespace openfc::testing {

Instance::Instance(const Files& files) : code_(folder_.path() / "code") {
  std::filesystem::create_directory(code_);
  for (const auto& [name, text] : files) WriteFile(name, text);
}

void Instance::WriteFile(const std::string& name, const std::string& text) const {
  (void)folder_.WriteFile("code/" + name, text);
}

std::optional<std::string> Instance::ReadFile(const std::string& name) const {
  std::ifstream file(code_ / name, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Program& Instance::Start(const Variables& variables,
                         const std::vector<std::pair<int, int>>& descriptors) {
  ProgramOptions options;
  options.environment = {{"FC_RUNTIME_API", platform_.address()},
                         {"FC_FUNC_CODE_PATH", code_.string()}};
  for (const auto& [name, value] : variables) {
    if (value.empty()) {
      options.environment.erase(name);
    } else {
      options.environment[name] = Expand(value);
    }
  }
  options.descriptors = descriptors;
  return program_.emplace("bootstrap", options);
}

std::string Instance::Offer(const std::string& event, const HeaderPairs& headers) {
  const std::string id = "r-" + std::to_string(++offered_);
  platform_.AnswerNext(testing::Invoke(id, event, headers));
  return id;
}

std::optional<Request> Instance::Invoke(const std::string& event, const HeaderPairs& headers) {
  return platform_.AwaitPostFor(Offer(event, headers));
}

std::string Instance::Expand(std::string text) const {
  return Replace(std::move(text), "{CODE}", code_.string());
}

std::string Instance::Log() const {
  static const std::regex kTime(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)");
  return std::regex_replace(program_->output().out(), kTime, "{TIME}");
}

std::string Replace(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace openfc::testing
