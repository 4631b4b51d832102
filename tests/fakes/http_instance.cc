#include "tests/fakes/http_instance.h"

#include "tests/fakes/programs.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace openfc::testing {
namespace {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::string ReadChunks(http::RawClient& client) {
  std::string body;
  while (true) {
    const std::string line = client.ReadUntil("\r\n");
    std::size_t used = 0;
    std::size_t size = 0;
    try {
      size = std::stoul(line, &used, 16);
    } catch (const std::exception&) {
      return body + "<cut off>";
    }
    body += client.Read(size);
    (void)client.ReadUntil("\r\n");
    if (size == 0) return body;
  }
}

void ReadHead(const std::string& head, HttpReply& reply) {
  std::istringstream lines(head);
  std::string version;
  lines >> version >> reply.status;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line != "\r") {
    const auto colon = line.find(": ");
    if (colon == std::string::npos) continue;
    reply.headers.emplace_back(line.substr(0, colon),
                               line.substr(colon + 2, line.size() - colon - 3));
  }
}

}  // namespace

std::optional<std::string> HttpReply::Header(std::string_view name) const {
  for (const auto& [own, value] : headers) {
    if (LowerCase(own) == LowerCase(name)) return value;
  }
  return std::nullopt;
}

std::string BytesOf(const HttpAsk& ask) {
  std::string bytes = ask.method + " " + ask.target + " HTTP/1.1\r\nHost: f.example\r\n";
  for (const auto& [name, value] : ask.headers) bytes += name + ": " + value + "\r\n";
  if (!ask.body.empty() || ask.method == "POST") {
    bytes += "Content-Length: " + std::to_string(ask.body.size()) + "\r\n";
  }
  return bytes + "\r\n" + ask.body;
}

HttpReply ReadReply(http::RawClient& client) {
  HttpReply reply;
  const std::string head = client.ReadUntil("\r\n\r\n");
  if (!head.starts_with("HTTP/1.1 ")) return reply;
  ReadHead(head, reply);
  if (const auto length = reply.Header("Content-Length")) {
    reply.body = client.Read(std::stoul(*length));
  } else if (reply.Header("Transfer-Encoding")) {
    reply.body = ReadChunks(client);
  }
  return reply;
}

HttpInstance::HttpInstance(const std::string& code) : code_(folder_.path() / "code") {
  std::filesystem::create_directory(code_);
  (void)folder_.WriteFile("code/index.py", code);
}

Program& HttpInstance::Start(const Variables& variables,
                             const std::vector<std::string>& arguments) {
  ProgramOptions options;
  options.arguments = {"--bootstrap", ProgramPath("bootstrap")};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.environment = {{"FC_FUNC_CODE_PATH", code_.string()}, {"FC_CUSTOM_LISTEN_PORT", "0"}};
  for (const auto& [name, value] : variables) options.environment[name] = value;
  program_.emplace("rloader", options);
  (void)port();
  return *program_;
}

std::uint16_t HttpInstance::PortOf(const std::string& purpose) const {
  const std::string line = "listening purpose=" + purpose + " address=0.0.0.0 port=";
  if (!program_->output().Await(line)) {
    throw std::runtime_error("it does not listen:\n" + program_->output().joined());
  }
  const std::string text = program_->output().err();
  return static_cast<std::uint16_t>(std::stoi(text.substr(text.find(line) + line.size())));
}

HttpReply HttpInstance::Ask(const HttpAsk& ask) const {
  http::RawClient client = Connect();
  client.Send(BytesOf(ask));
  return ReadReply(client);
}

std::map<std::string, double> HttpInstance::Metrics() const {
  http::RawClient client(metrics_port());
  client.Send(BytesOf({.method = "GET", .target = "/metrics"}));
  std::istringstream lines(ReadReply(client).body);
  std::map<std::string, double> figures;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto blank = line.rfind(' ');
    figures[line.substr(0, blank)] = std::stod(line.substr(blank + 1));
  }
  return figures;
}

}  // namespace openfc::testing
