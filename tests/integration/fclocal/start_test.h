#pragma once

#include "tests/integration/fclocal/fclocal_test.h"
#include "tests/unit/runtime/http/raw_client.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace openfc::testing {

/// An answer of the platform's.
struct PlatformAnswer {
  int status = 0;
  std::string head = {};
  std::string body = {};

  /// The value of a header, whatever its case; empty when there is none.
  std::string Header(std::string name) const {
    std::string lower = head;
    const auto to_lower = [](std::string& text) {
      std::transform(text.begin(), text.end(), text.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    };
    to_lower(lower);
    to_lower(name);
    const auto at = lower.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
  nlohmann::json json() const { return nlohmann::json::parse(body); }
};

/// A call that is under way.
class PlatformCall {
 public:
  PlatformCall(std::uint16_t port, const std::string& request) : client_(port) {
    client_.Send(request);
  }

  PlatformAnswer Await() {
    PlatformAnswer answer{.head = client_.ReadUntil("\r\n\r\n")};
    if (answer.head.size() > 12) answer.status = std::stoi(answer.head.substr(9, 3));
    const std::string length = answer.Header("content-length");
    answer.body = length.empty() ? client_.ReadToEnd() : client_.Read(std::stoul(length));
    return answer;
  }

  http::RawClient& client() { return client_; }

 private:
  http::RawClient client_;
};

/// A real `fclocal start`, with the functions of a s.yaml in an empty folder.
class StartTest : public FclocalTest {
 protected:
  /// Edition 3, one function `f` in index.py. `props` are further lines of its properties.
  void Define(const std::string& code, const std::string& props = "") {
    folder_.WriteFile("index.py", "import os, sys, time, json, signal, threading\n" + code);
    folder_.WriteFile("s.yaml",
                      "edition: 3.0.0\nresources:\n  f:\n    component: fc3\n    props:\n"
                      "      region: cn-hangzhou\n      functionName: f\n"
                      "      runtime: python3.10\n      code: .\n      handler: index.handler\n" +
                          props);
  }

  /// The same of edition 1, with the service `s`.
  void DefineFc2(const std::string& code, const std::string& function = "",
                 const std::string& props = "") {
    folder_.WriteFile("index.py", "import os, sys, time, json, signal, threading\n" + code);
    folder_.WriteFile("s.yaml",
                      "edition: 1.0.0\nservices:\n  f:\n    component: fc\n    props:\n"
                      "      region: cn-hangzhou\n      service: {name: s}\n      function:\n"
                      "        name: f\n        runtime: python3\n        codeUri: .\n"
                      "        handler: index.handler\n" +
                          function + props);
  }

  void Begin(Words words = {}) {
    words.insert(words.begin(), {"start", "--port", "0"});
    program_ = StartProgram("fclocal", words);
    AwaitServing();
  }

  /// Of the program that was started.
  void AwaitServing() {
    if (!program_->output().Await("serving on http://")) {
      throw std::runtime_error("fclocal does not serve:\n" + program_->output().joined());
    }
    const std::string text = program_->output().err();
    const auto at = text.find("serving on http://127.0.0.1:") + 28;
    port_ = static_cast<std::uint16_t>(std::stoi(text.substr(at)));
  }

  PlatformCall Call(const std::string& method, const std::string& target,
                    const std::string& body = "", const std::string& headers = "") const {
    return {port_, method + " " + target + " HTTP/1.1\r\n" +
                       (headers.find("Host:") == std::string::npos ? "Host: localhost\r\n" : "") +
                       headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                       body};
  }
  PlatformAnswer Ask(const std::string& method, const std::string& target,
                     const std::string& body = "", const std::string& headers = "") const {
    return Call(method, target, body, headers).Await();
  }

  /// The function `f`, as FC 3's clients invoke it.
  PlatformCall CallF(const std::string& event = "", const std::string& headers = "") const {
    return Call("POST", kInvocations, event, headers);
  }
  PlatformAnswer InvokeF(const std::string& event = "", const std::string& headers = "") const {
    return CallF(event, headers).Await();
  }

  Invoked StopIt(int signal = SIGINT) {
    program_->Signal(signal);
    return AwaitEnd(*program_);
  }

  /// A fifo on which a function waits until OpenGate().
  std::string MakeGate(const std::string& name = "gate") const {
    const std::string path = (folder_.path() / name).string();
    if (::mkfifo(path.c_str(), 0600) != 0) throw std::runtime_error("mkfifo failed");
    return path;
  }
  static void OpenGate(const std::string& path) { std::ofstream(path) << "open"; }

  /// Two invocations at once of a function that waits at the gate that its event names.
  std::pair<std::string, std::string> AnswersOfTwoAtOnce() const {
    const std::string one_gate = MakeGate("one");
    const std::string two_gate = MakeGate("two");
    auto one = CallF("one");
    auto two = CallF("two");
    OpenGate(one_gate);
    OpenGate(two_gate);
    return {one.Await().body, two.Await().body};
  }

  static constexpr const char* kInvocations = "/2023-03-30/functions/f/invocations";

  std::unique_ptr<Program> program_;
  std::uint16_t port_ = 0;
};

}  // namespace openfc::testing
