#include "runtime/http/own_hosts.h"

#include "tests/unit/runtime/http/server_fixture.h"

#include <gtest/gtest.h>

#include <string>

namespace openfc::http {
namespace {

using Foreign = OwnHosts::Foreign;
using Pages = OwnHosts::Pages;

constexpr std::optional<Foreign> kOurs;

/// What the guard of a server says of a request: over a real connection, whose address counts.
std::optional<Foreign> Judge(const std::string& headers, Pages pages,
                             const std::string& version = "1.1") {
  const OwnHosts hosts({"own.example", "port.example:8443", "[2001:db8::1]:9", "2001:db8::2"});
  std::optional<Foreign> judged;
  const auto server = StartServer([&](const Request& request, Responder responder) {
    judged = hosts.FindForeign(request, pages);
    std::move(responder).Send(Text("judged"));
  });
  RawClient client(server->port());
  client.Send("POST / HTTP/" + version + "\r\nContent-Length: 0\r\n" + headers + "\r\n");
  (void)client.ReadBody();
  return judged;
}

struct Row {
  std::string host;
  std::string origin;
  std::optional<Foreign> of_this_server;
  std::optional<Foreign> of_our_hosts;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << "Host: " << row.host << ", Origin: " << row.origin;
}

class OwnHostsTest : public ::testing::TestWithParam<Row> {};

TEST_P(OwnHostsTest, KnowItsOwnPages) {
  const auto& row = GetParam();
  const std::string headers = "Host: " + row.host + "\r\nOrigin: " + row.origin + "\r\n";

  EXPECT_EQ(Judge(headers, Pages::kOfThisServer), row.of_this_server);
  EXPECT_EQ(Judge(headers, Pages::kOfOurHosts), row.of_our_hosts);
}

Row Own(std::string host, std::string origin) {
  return {std::move(host), std::move(origin), kOurs, kOurs};
}

/// A page of another server on one of our hosts.
Row Beside(std::string host, std::string origin) {
  return {std::move(host), std::move(origin), Foreign::kOrigin, kOurs};
}

Row Alien(std::string host, std::string origin) {
  return {std::move(host), std::move(origin), Foreign::kOrigin, Foreign::kOrigin};
}

INSTANTIATE_TEST_SUITE_P(
    SameServer, OwnHostsTest,
    ::testing::Values(Own("localhost:8000", "http://localhost:8000"),
                      Own("127.0.0.1:8000", "http://127.0.0.1:8000"),
                      Own("f.localhost:8000", "http://f.localhost:8000"),
                      Own("LocalHost:8000", "HTTP://LOCALHOST:8000"),
                      Own("localhost", "http://localhost"), Own("localhost", "http://localhost:80"),
                      Own("localhost:80", "http://localhost"),
                      // A proxy that speaks TLS: the port says that it is the same.
                      Own("localhost:8443", "https://localhost:8443"),
                      Own("localhost:443", "https://localhost")));

INSTANTIATE_TEST_SUITE_P(OtherServers, OwnHostsTest,
                         ::testing::Values(Beside("localhost:8000", "http://localhost:3000"),
                                           Beside("localhost:8000", "http://localhost"),
                                           Beside("localhost:8000", "https://localhost"),
                                           Beside("localhost", "http://localhost:8000"),
                                           Beside("localhost", "https://localhost"),
                                           Beside("localhost", "https://localhost:80"),
                                           Beside("localhost", "https://localhost:443"),
                                           Beside("localhost:80", "https://localhost"),
                                           Beside("localhost:443", "http://localhost"),
                                           Beside("localhost:8000", "http://127.0.0.1:8000"),
                                           Beside("127.0.0.1:8000", "http://localhost:8000"),
                                           Beside("localhost:8000", "http://f.localhost:8000"),
                                           Beside("f.localhost:8000", "http://g.localhost:8000"),
                                           Beside("localhost:x", "http://localhost"),
                                           Beside("localhost:", "http://localhost"),
                                           Beside("localhost:70000", "http://localhost:4464")));

INSTANTIATE_TEST_SUITE_P(NamedHosts, OwnHostsTest,
                         ::testing::Values(Own("own.example", "https://own.example"),
                                           Own("own.example", "http://own.example"),
                                           Own("Own.Example", "https://OWN.example:443"),
                                           // A proxy in front that names us otherwise.
                                           Own("127.0.0.1:8000", "https://own.example"),
                                           Own("own.example:8443", "https://own.example:8443"),
                                           Beside("own.example", "https://own.example:8443"),
                                           Beside("own.example", "http://own.example:3000"),
                                           Beside("own.example", "http://own.example:443"),
                                           Own("port.example", "https://port.example:8443"),
                                           Own("localhost:8000", "https://port.example:8443"),
                                           Beside("localhost:8000", "https://port.example"),
                                           Own("port.example", "http://port.example"),
                                           Beside("port.example", "https://port.example"),
                                           Own("localhost:8000", "http://[2001:db8::1]:9"),
                                           Beside("localhost:8000", "http://[2001:db8::1]"),
                                           Own("localhost:8000", "http://[2001:DB8::2]"),
                                           Beside("localhost:8000", "http://[2001:db8::2]:9"),
                                           Own("[2001:db8::2]:8000", "http://[2001:DB8::2]:8000"),
                                           Beside("[2001:db8::2]:8000",
                                                  "http://[2001:db8::2]:3000")));

INSTANTIATE_TEST_SUITE_P(
    ForeignPages, OwnHostsTest,
    ::testing::Values(
        Alien("localhost:8000", "https://evil.example"),
        Alien("localhost:8000", "http://evil.example:8000"), Alien("localhost:8000", "null"),
        Alien("localhost:8000", ""), Alien("localhost:8000", "localhost:8000"),
        Alien("localhost:8000", "//localhost:8000"), Alien("localhost:8000", "http://"),
        Alien("localhost:8000", "http://:8000"), Alien("localhost:8000", "http:localhost:8000"),
        Alien("localhost:8000", "http://localhost:8000."),
        Alien("localhost:8000", "http://localhost.:8000"),
        Alien("localhost:8000", "http://localhost:"),
        Alien("localhost:8000", "http://localhost:8000x"),
        Alien("localhost:8000", "http://localhost:+8000"),
        Alien("localhost:8000", "http://localhost:73536"),
        Alien("localhost:8000", "http://localhost:8000:8000"),
        Alien("localhost:8000", "http://localhost:8000@evil.example"),
        Alien("localhost:8000", "http://evil.example@localhost:8000"),
        Alien("localhost:8000", "http://user:word@localhost:8000"),
        Alien("localhost:8000", "http://localhost:8000/"),
        Alien("localhost:8000", "http://localhost:8000#evil.example"),
        Alien("localhost:8000", "http://localhost:8000?evil.example"),
        Alien("localhost:8000", "http://evil.example\\@localhost:8000"),
        Alien("localhost:8000", "http://localhost%3A8000"),
        Alien("localhost:8000", "http://localhost:8000 http://evil.example"),
        Alien("localhost:8000", "http://evil.example, http://localhost:8000"),
        Alien("localhost:8000", "http://localhost.evil.example:8000"),
        Alien("localhost:8000", "http://evil-localhost:8000"),
        Alien("localhost:8000", "http://[localhost]:8000"),
        Alien("localhost:8000", "http://[::1:8000"), Alien("localhost:8000", "http://[::1]8000"),
        Alien("localhost:8000", "http://[::1]:8000"), Alien("localhost:8000", "http://::1:8000"),
        Alien("localhost:8000", "ftp://localhost:8000"),
        Alien("localhost:8000", "ws://localhost:8000"),
        Alien("localhost:8000", "chrome-extension://localhost:8000"),
        Alien("localhost:8000", "http://own.example.")));

TEST(OwnHostsOfRequestsTest, TakeNoSecondOrigin) {
  const std::string host = "Host: localhost:8000\r\n";
  const std::string origin = "Origin: http://localhost:8000\r\n";
  for (const Pages pages : {Pages::kOfThisServer, Pages::kOfOurHosts}) {
    EXPECT_EQ(Judge(host + origin, pages), kOurs);
    EXPECT_EQ(Judge(host + origin + origin, pages), Foreign::kOrigin);
    EXPECT_EQ(Judge(host + origin + "origin: https://evil.example\r\n", pages), Foreign::kOrigin);
  }
}

TEST(OwnHostsOfRequestsTest, TakeRequestsOfNoPage) {
  EXPECT_EQ(Judge("Host: localhost:8000\r\n", Pages::kOfThisServer), kOurs);
  EXPECT_EQ(Judge("Host: evil.example\r\n", Pages::kOfThisServer), Foreign::kHost);
  EXPECT_EQ(Judge("Host: localhost.\r\n", Pages::kOfThisServer), Foreign::kHost);
}

TEST(OwnHostsOfRequestsTest, TakeOnlyPagesOfNamedHostsWithoutAHost) {
  const auto judge = [](const std::string& origin) {
    return Judge("Connection: close\r\nOrigin: " + origin + "\r\n", Pages::kOfThisServer, "1.0");
  };

  EXPECT_EQ(judge("https://own.example"), kOurs);
  EXPECT_EQ(judge("http://localhost"), Foreign::kOrigin);
}

}  // namespace
}  // namespace openfc::http
