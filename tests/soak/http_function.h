#pragma once

#include <string>
#include <vector>

namespace openfc::soak {

/// One of the functions that are visited, all in one index.py. Its answer is its event. An event
/// begins with a word: "whole" is answered in one piece and "stream" in several, by who can;
/// "endless" gets more and more after that. To "counts" the answer is how many streams (WebSockets
/// among them) were begun, and how many of those have ended, by their end or by being closed.
struct HttpFunction {
  const char* handler;
  bool streams;        // Its answers may come piece by piece, and without an end.
  bool talks = false;  // It is served over WebSockets too, where it says back what it hears.
  int limit = 0;       // FC_CONCURRENT_LIMIT; 0: its own.
};

const std::vector<HttpFunction>& HttpFunctions();

/// SOAK_WRONG in its environment makes it wrong, which must be noticed: "mixed-up" gives some
/// events another one's answer, "hoards" opens descriptors and keeps them, "leaves-open" ends no
/// stream.
std::string HttpFunctionCode();

}  // namespace openfc::soak
