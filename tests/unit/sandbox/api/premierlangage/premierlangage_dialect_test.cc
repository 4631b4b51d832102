// The routes over HTTP, on an executor that runs nothing.

#include "sandbox/api/premierlangage/premierlangage_dialect.h"

#include "sandbox/api/premierlangage/environments.h"
#include "tests/unit/sandbox/service/service_fakes.h"
#include "tests/unit/sandbox/workspace/tar_writer.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace openfc::sandbox {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using testing::FakeExecutor;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing::TarWriter;
using testing::TempDir;

/// What bash was asked to do.
std::string CommandOf(const RunRequest& request) {
  const auto* command = std::get_if<CommandProgram>(&request.program);
  return command == nullptr ? "" : command->words.at(2);
}

/// Runs words of a language of our own: what it is told to become of a run.
RunOutcome Play(const RunRequest& request) {
  const std::string text = CommandOf(request);
  const std::string home = request.workspace ? request.workspace->path() : "";
  if (text.starts_with("exit ")) {
    return {.end = RunEnd::kExited, .exit_code = std::stoi(text.substr(5))};
  }
  if (text == "sleep") return {.end = RunEnd::kTimedOut, .output = "begun\n"};
  if (text == "break") return {.end = RunEnd::kFailed, .failure = "a secret"};
  if (text.starts_with("write ")) {
    std::ofstream(home + "/" + text.substr(6), std::ios::binary) << "Hello World !\n";
  }
  if (text == "binary") std::ofstream(home + "/bytes", std::ios::binary) << "\xff\xfe";
  if (text == "link") fs::create_symlink("/etc/passwd", home + "/link");
  std::string output;
  if (text.starts_with("cat ")) {
    std::ifstream file(home + "/" + text.substr(4));
    output.assign(std::istreambuf_iterator<char>(file), {});
  }
  return {.end = RunEnd::kExited, .output = output};
}

std::string FormRequest(const std::string& body) {
  return "POST /execute/ HTTP/1.1\r\nHost: localhost\r\n"
         "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

class PremierLangageTest : public ::testing::Test {
 protected:
  PremierLangageTest() : executor_(&Play) { Start({}); }

  void Start(PremierLangageOptions options) { Start(executor_, std::move(options)); }
  void Start(Executor& executor, PremierLangageOptions options) {
    options.folder = (folder_.path() / "environments").string();
    options.sampling = std::chrono::milliseconds(1);
    service_.reset();
    service_ = Service::Start(executor, "premierlangage",
                              [options](const Ground& ground) {
                                return MakePremierLangageDialect(ground, options);
                              },
                              {.port = 0, .log_fd = -1})
                   .value();
  }

  std::string Ask(const std::string& line, const std::string& body = "",
                  const std::string& head = "") const {
    return sandbox::Ask(service_->port(), line, body, head);
  }
  static int StatusOf(const std::string& answer) { return std::stoi(answer.substr(9, 3)); }
  static std::string BodyOf(const std::string& answer) {
    return answer.substr(answer.find("\r\n\r\n") + 4);
  }

  /// All of the answer to a config, with an environment or without.
  std::string Post(const nlohmann::json& config, const std::string& tar = "") const {
    std::string body =
        "--b\r\nContent-Disposition: form-data; name=\"config\"\r\n\r\n" + config.dump() + "\r\n";
    if (!tar.empty()) {
      body +=
          "--b\r\nContent-Disposition: form-data; name=\"environment\"; filename=\"e.tgz\""
          "\r\n\r\n" +
          tar + "\r\n";
    }
    return Ask("POST /execute/", body + "--b--\r\n",
               "Content-Type: multipart/form-data; boundary=b\r\n");
  }
  nlohmann::json Run(const nlohmann::json& config, const std::string& tar = "") const {
    const std::string answer = Post(config, tar);
    EXPECT_EQ(StatusOf(answer), 200) << answer;
    return nlohmann::json::parse(BodyOf(answer), nullptr, false);
  }

  TempDir folder_;
  FakeExecutor executor_;
  std::unique_ptr<Service> service_;
};

TEST_F(PremierLangageTest, RunsCommandsInBashOneAfterTheOther) {
  const auto answer =
      Run({{"commands", {"write a", "cat a", "-exit 3", "exit 0"}}, {"environ", {{"A", 1}}}});

  EXPECT_EQ(answer["status"], 0);
  ASSERT_THAT(answer["execution"], SizeIs(4));
  EXPECT_EQ(answer["execution"][1]["stdout"], "Hello World !");
  EXPECT_EQ(answer["execution"][2]["command"], "exit 3");
  EXPECT_EQ(answer["execution"][2]["exit_code"], 3);
  EXPECT_FALSE(answer.contains("environment"));
  const auto taken = executor_.taken();
  ASSERT_THAT(taken, SizeIs(4));
  EXPECT_THAT(std::get<CommandProgram>(taken[0]->request.program).words,
              ElementsAre("bash", "-c", "write a"));
  EXPECT_THAT(taken[0]->request.environment, ElementsAre("A=1"));
  EXPECT_EQ(taken[0]->request.workspace, taken[3]->request.workspace);
  EXPECT_EQ(taken[0]->request.limits.wall, std::chrono::milliseconds(10'000));
}

TEST_F(PremierLangageTest, StopsAtTheFirstFailure) {
  const auto answer = Run({{"commands", {"exit 0", "exit 4", "exit 5"}}});

  EXPECT_EQ(answer["status"], 4);
  EXPECT_THAT(answer["execution"], SizeIs(2));
}

TEST_F(PremierLangageTest, ATimeoutIsMinusTwoAndMayBeIgnored) {
  const auto stopped = Run({{"commands", {{{"command", "sleep"}, {"timeout", 0.2}}, "exit 0"}}});
  const auto ignored = Run({{"commands", {"-sleep", "exit 0"}}});

  EXPECT_EQ(stopped["status"], -2);
  ASSERT_THAT(stopped["execution"], SizeIs(1));
  EXPECT_EQ(stopped["execution"][0]["stdout"], "");
  EXPECT_EQ(stopped["execution"][0]["stderr"], "Command timed out after 0.2 seconds\n");
  EXPECT_EQ(stopped["execution"][0]["partial_stdout"], "begun");
  EXPECT_EQ(executor_.taken()[0]->request.limits.wall, std::chrono::milliseconds(200));
  EXPECT_EQ(ignored["status"], 0);
  EXPECT_THAT(ignored["execution"], SizeIs(2));
}

TEST_F(PremierLangageTest, AFailureOfOursStopsWhateverIsIgnored) {
  const auto answer = Run({{"commands", {"-break", "exit 0"}}});

  EXPECT_EQ(answer["status"], -1);
  ASSERT_THAT(answer["execution"], SizeIs(1));
  EXPECT_EQ(answer["execution"][0]["stderr"], "An unknown error occurred on the sandbox\n");
  EXPECT_THAT(answer.dump(), Not(HasSubstr("secret")));
}

TEST_F(PremierLangageTest, NoCommandRunsLongerThanTheBudget) {
  Start({.budget_seconds = 0.05});

  const auto answer = Run({{"commands", {{{"command", "exit 0"}, {"timeout", 5}}}}});

  EXPECT_EQ(answer["status"], 0);
  EXPECT_EQ(executor_.taken()[0]->request.limits.wall, std::chrono::milliseconds(50));
}

TEST_F(PremierLangageTest, ALargeBudgetAsksForNoMoreProcessorTimeThanThereIs) {
  Start({.budget_seconds = 3600});

  Run({{"commands", {"exit 0"}}});

  const Limits limits = executor_.taken()[0]->request.limits;
  EXPECT_TRUE(CheckLimits(limits, WidestLimits()));
  EXPECT_EQ(limits.wall, std::chrono::hours(1));
}

TEST_F(PremierLangageTest, TheOperatorsLimitsGoBeforeItsOwn) {
  service_.reset();
  service_ = Service::Start(executor_, "premierlangage",
                            [](const Ground& ground) {
                              return MakeServedPremierLangageDialect(ground, {.saved_bytes = 0});
                            },
                            {.port = 0,
                             .state = folder_.path().string(),
                             .limits = {.memory_bytes = 64LL << 20, .processes = 9},
                             .log_fd = -1})
                 .value();

  Run({{"commands", {"exit 0"}}});

  const Limits limits = executor_.taken()[0]->request.limits;
  EXPECT_EQ(limits.memory_bytes, 64LL << 20);
  EXPECT_EQ(limits.processes, 9);
  EXPECT_EQ(limits.disk_bytes, Limits{}.disk_bytes);
  const auto told = nlohmann::json::parse(BodyOf(Ask("GET /specifications/")))["container"];
  EXPECT_EQ(told["memory"]["ram"], 64LL << 20);
  EXPECT_EQ(told["process"], 9);
  EXPECT_EQ(StatusOf(Post({{"commands", {"exit 0"}}, {"save", true}})), 503);  // Nothing is saved.
}

TEST_F(PremierLangageTest, AnEnvironmentHoldsAsMuchAsTheDisk) {
  Limits limits;
  limits.disk_bytes = 5;
  Start({.limits = limits});
  TarWriter tar;
  tar.File("a", "123456");

  const std::string answer = Post({{"commands", {"exit 0"}}}, tar.bytes());

  EXPECT_EQ(StatusOf(answer), 400);
  EXPECT_THAT(answer, HasSubstr("it holds more than 5 bytes"));
}

TEST_F(PremierLangageTest, WhatCommandsHaveUsedIsMissingFromTheBudget) {
  FakeExecutor waits;
  Start(waits, {.budget_seconds = 0.01});
  http::RawClient client(service_->port());
  client.Send(FormRequest("config={\"commands\":[\"a\",\"b\"]}"));
  while (waits.taken().empty()) std::this_thread::yield();
  const auto begun = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() < begun + std::chrono::milliseconds(10)) {
    std::this_thread::yield();
  }

  waits.End(*waits.taken()[0], {.end = RunEnd::kExited});

  EXPECT_THAT(client.ReadUntil("total_time"),
              AllOf(HasSubstr("{\"status\":-2,"), HasSubstr("Command timed out after -")));
  EXPECT_THAT(waits.taken(), SizeIs(1));
  service_.reset();
}

TEST_F(PremierLangageTest, ACommandWithoutTimeIsNotRun) {
  const auto answer = Run(
      {{"commands",
        {{{"command", "-exit 0"}, {"timeout", 0}}, {{"command", "exit 0"}, {"timeout", -1.5}}}}});

  EXPECT_EQ(answer["status"], -2);
  ASSERT_THAT(answer["execution"], SizeIs(2));
  EXPECT_EQ(answer["execution"][0]["stderr"], "Command timed out after 0 seconds\n");
  EXPECT_EQ(answer["execution"][1]["stderr"], "Command timed out after -1.5 seconds\n");
  EXPECT_THAT(executor_.taken(), SizeIs(0));
}

TEST_F(PremierLangageTest, ReadsTheResultAsItIs) {
  const auto answer = Run({{"commands", {"write r"}}, {"result_path", "r"}});

  EXPECT_EQ(answer["status"], 0);
  EXPECT_EQ(answer["result"], "Hello World !\n");
}

TEST_F(PremierLangageTest, ResultsThatAreNoneOverrideTheStatus) {
  const auto status = [this](const char* command, const std::string& path) {
    const auto answer = Run({{"commands", {command}}, {"result_path", path}});
    EXPECT_FALSE(answer.contains("result")) << path;
    return answer["status"].get<int>();
  };

  EXPECT_EQ(status("exit 3", "missing"), -3);
  EXPECT_EQ(status("binary", "bytes"), -4);
  EXPECT_EQ(status("link", "link"), -3);
  EXPECT_EQ(status("exit 0", "/etc/passwd"), -3);
  EXPECT_EQ(status("exit 0", "../../../../etc/passwd"), -3);
  EXPECT_EQ(status("exit 0", "."), -3);
  EXPECT_EQ(status("write r", std::string("r\0", 2)), -3);
}

TEST_F(PremierLangageTest, SavesAnEnvironmentThatIsServedAtOnce) {
  const auto saved = Run({{"commands", {"write new"}}, {"save", true}},
                         TarWriter().Folder("dir").File("dir/a", "1").File("b", "2").bytes());
  const std::string uuid = saved["environment"];

  EXPECT_TRUE(IsUuid(uuid));
  EXPECT_THAT(saved["expire"].get<std::string>(), EndsWith("+00:00"));
  EXPECT_THAT(Ask("GET /environments/" + uuid + "/"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Type: application/gzip\r\n"),
                    HasSubstr("Content-Disposition: attachment; filename=" + uuid + ".tgz\r\n")));
  EXPECT_THAT(Ask("HEAD /environments/" + uuid + "/"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Length: "), EndsWith("\r\n\r\n"),
                    Not(HasSubstr("Content-Length: 0"))));
  EXPECT_THAT(Ask("GET /files/" + uuid + "/dir/a/"),
              AllOf(HasSubstr("Content-Type: application/octet-stream\r\n"),
                    HasSubstr("attachment; filename=a\r\n"), EndsWith("\r\n\r\n1")));
  EXPECT_THAT(Ask("HEAD /files/" + uuid + "/new/"),
              AllOf(HasSubstr("Content-Length: 14\r\n"), EndsWith("\r\n\r\n")));
}

TEST_F(PremierLangageTest, AnUploadWinsOverWhatIsStored) {
  const auto saved = Run({{"commands", {"exit 0"}}, {"save", true}},
                         TarWriter().File("a", "stored").File("kept", "stored").bytes());

  const auto merged =
      Run({{"commands", {"cat a", "cat kept", "cat new"}}, {"environment", saved["environment"]}},
          TarWriter().File("a", "body").File("new", "body").bytes());

  EXPECT_EQ(merged["execution"][0]["stdout"], "body");
  EXPECT_EQ(merged["execution"][1]["stdout"], "stored");
  EXPECT_EQ(merged["execution"][2]["stdout"], "body");
}

TEST_F(PremierLangageTest, AStoredLinkOutComesBackAndIsReadByNobodyHere) {
  const auto saved = Run({{"commands", {"link"}}, {"save", true}});

  const auto answer = Run(
      {{"commands", {"exit 0"}}, {"environment", saved["environment"]}, {"result_path", "link"}});

  EXPECT_EQ(answer["status"], -3);
  EXPECT_TRUE(fs::is_symlink(executor_.taken().back()->request.workspace->path() + "/link"));
}

TEST_F(PremierLangageTest, RefusesAnUploadWithTheNameOfItsEntry) {
  const std::vector<std::pair<std::string, std::string>> kTable = {
      {"no tar at all", "it is no tar or zip"},
      {TarWriter().File("../evil", "e").bytes(), "'../evil' would leave the folder by .."},
      {TarWriter().Link("l", "/etc").bytes(), "'l' is a link out of the folder, to '/etc'"},
      {TarWriter().File("a", "1").File("a", "2").bytes(), "'a' is there twice"},
      {TarWriter().Special('6', "pipe").bytes(), "'pipe' is neither a file nor"}};
  for (const auto& [tar, sentence] : kTable) {
    const std::string answer = Post({{"commands", {"exit 0"}}}, tar);
    EXPECT_EQ(StatusOf(answer), 400) << sentence;
    EXPECT_THAT(BodyOf(answer),
                AllOf(StartsWith("The environment cannot be unpacked: "), HasSubstr(sentence)));
  }
  EXPECT_THAT(executor_.taken(), SizeIs(0));
}

TEST_F(PremierLangageTest, RefusesFormsAndConfigsInTheOriginalsWords) {
  const std::string url = "Content-Type: application/x-www-form-urlencoded\r\n";

  EXPECT_EQ(BodyOf(Ask("POST /execute/")), "Missing argument 'config'");
  EXPECT_EQ(BodyOf(Ask("POST /execute/", "{}", "Content-Type: application/json\r\n")),
            "Missing argument 'config'");
  EXPECT_EQ(BodyOf(Ask("POST /execute/", "config={}", url)), "Missing field 'commands' in config");
  EXPECT_EQ(StatusOf(Ask("POST /execute/", "config={}", url)), 400);
  EXPECT_EQ(StatusOf(Ask("POST /execute/", "config={\"environment\":\"x\"}", url)), 404);
  EXPECT_EQ(StatusOf(Ask("POST /execute/", "x", "Content-Type: multipart/form-data\r\n")), 400);
}

TEST_F(PremierLangageTest, AnswersOtherMethodsWithThoseThatItHas) {
  const std::string uuid = "24df3aec-cb1d-4a6e-b3f7-9f6cd2d512c6";
  for (const std::string& path :
       {std::string("/specifications/"), std::string("/usages/"), std::string("/libraries/"),
        "/environments/" + uuid + "/", "/files/" + uuid + "/a/"}) {
    for (const std::string method : {"POST", "PUT", "DELETE", "PATCH"}) {
      EXPECT_THAT(Ask(method + " " + path),
                  AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD, OPTIONS\r\n")))
          << path;
    }
  }
  for (const std::string method : {"GET", "HEAD", "PUT"}) {
    EXPECT_THAT(Ask(method + " /execute/"),
                AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: POST, OPTIONS\r\n")));
  }
  EXPECT_THAT(Ask("OPTIONS /execute/"), StartsWith("HTTP/1.1 200"));
}

TEST_F(PremierLangageTest, KnowsNoOtherPaths) {
  const std::string uuid = "24df3aec-cb1d-4a6e-b3f7-9f6cd2d512c6";
  for (const std::string path :
       {"/", "/execute", "/specifications", "/environments/unknown/", "/environments/",
        "/files/unknown/a/", "/environments/24DF3AEC-cb1d-4a6e-b3f7-9f6cd2d512c6/"}) {
    EXPECT_EQ(StatusOf(Ask("GET " + path)), 404) << path;
  }
  for (const std::string& path : {"/environments/" + uuid, "/environments/" + uuid + "/a/",
                                  "/files/" + uuid + "/", "/files/" + uuid + "/a"}) {
    EXPECT_EQ(BodyOf(Ask("GET " + path)), "Not Found") << path;
  }
}

TEST_F(PremierLangageTest, NamesWhatIsMissing) {
  const std::string uuid = "24df3aec-cb1d-4a6e-b3f7-9f6cd2d512c6";
  const std::string none = "No environment with UUID '" + uuid + "' found";
  EXPECT_EQ(BodyOf(Ask("GET /environments/" + uuid + "/")), none);
  EXPECT_EQ(BodyOf(Ask("GET /files/" + uuid + "/a/")), none);
  EXPECT_EQ(StatusOf(Ask("HEAD /environments/" + uuid + "/")), 404);
  const std::string saved = Run({{"commands", {"exit 0"}}, {"save", true}})["environment"];

  const std::string answer = Ask("GET /files/" + saved + "/a/%3Cb%3E/");

  EXPECT_EQ(StatusOf(answer), 404);
  EXPECT_EQ(BodyOf(answer), "The file 'a/<b>' could not be found in environment '" + saved + "'");
  EXPECT_THAT(answer, HasSubstr("Content-Security-Policy: default-src 'none'; sandbox\r\n"));
}

TEST_F(PremierLangageTest, NoNameBreaksAHeader) {
  const std::string saved = Run({{"commands", {"write a\r\nX: y"}}, {"save", true}})["environment"];

  const std::string answer = Ask("GET /files/" + saved + "/a%0d%0aX:%20y/");

  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_THAT(answer, HasSubstr("filename=a__X: y\r\n"));
}

TEST_F(PremierLangageTest, TellsOfTheHost) {
  const auto specifications = nlohmann::json::parse(BodyOf(Ask("GET /specifications/")));
  const auto usages = nlohmann::json::parse(BodyOf(Ask("GET /usages/")));

  EXPECT_GT(specifications["host"]["memory"]["ram"], 0);
  EXPECT_EQ(specifications["container"]["count"], 1);
  EXPECT_EQ(specifications["isolation"]["profile"], "none");
  EXPECT_GT(usages["process"], 0);
  EXPECT_EQ(usages["container"], 0);
}

TEST_F(PremierLangageTest, ListsLibrariesByOneRunForAll) {
  FakeExecutor executor([](const RunRequest& /*request*/) -> RunOutcome {
    return {.end = RunEnd::kExited, .output = R"({"python": {"pip": "1"}, "bin": ["ls"]})"};
  });
  Start(executor, {});

  const auto first = nlohmann::json::parse(BodyOf(Ask("GET /libraries/")));
  const auto second = nlohmann::json::parse(BodyOf(Ask("GET /libraries/")));

  EXPECT_EQ(first["libraries"]["python"]["pip"], "1");
  EXPECT_EQ(first, second);
  EXPECT_THAT(executor.taken(), SizeIs(1));
  service_.reset();
}

TEST_F(PremierLangageTest, SaysWhenLibrariesCannotBeListed) {
  EXPECT_THAT(Ask("GET /libraries/"),
              AllOf(StartsWith("HTTP/1.1 500"), EndsWith("The libraries could not be listed")));
}

TEST_F(PremierLangageTest, IsOverloadedWhileNoContainerIsFree) {
  FakeExecutor waits;
  Start(waits, {.patience = std::chrono::milliseconds(1)});
  http::RawClient first(service_->port());
  first.Send(FormRequest("config={\"commands\":[\"a\"]}"));
  while (waits.taken().empty()) std::this_thread::yield();

  const std::string answer = Post({{"commands", {"b"}}});

  EXPECT_EQ(StatusOf(answer), 503);
  EXPECT_EQ(BodyOf(answer), "Sandbox overloaded, retry after a few seconds.");
  EXPECT_THAT(answer, HasSubstr("Retry-After: "));
  service_.reset();
}

TEST_F(PremierLangageTest, AClientThatGoesAwayEndsItsRuns) {
  FakeExecutor waits;
  Start(waits, {});
  {
    http::RawClient client(service_->port());
    client.Send(FormRequest("config={\"commands\":[\"a\",\"b\"]}"));
    while (waits.taken().empty()) std::this_thread::yield();
  }

  const auto run = waits.taken()[0];
  // The container is free again once all of it is over.
  const std::string usages = "GET /usages/";
  while (nlohmann::json::parse(BodyOf(Ask(usages)))["container"] != 0) std::this_thread::yield();

  EXPECT_TRUE(run->is_over);
  EXPECT_THAT(waits.taken(), SizeIs(1));
  service_.reset();
}

}  // namespace
}  // namespace openfc::sandbox
