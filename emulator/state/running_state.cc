#include "emulator/state/running_state.h"

#include "emulator/state/folder_lock.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <limits>

namespace openfc::emulator {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

/// The whole number at `key`, when there is one that the target can hold.
template <typename Number>
bool ReadNumber(const json& object, const char* key, Number& number) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return false;
  const auto value = found->get<std::int64_t>();
  if (value < 0 || value > static_cast<std::int64_t>(std::numeric_limits<Number>::max())) {
    return false;
  }
  number = static_cast<Number>(value);
  return true;
}

bool ReadText(const json& object, const char* key, std::string& text) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return false;
  text = found->get<std::string>();
  return true;
}

}  // namespace

std::string StateFileOf(const std::string& folder) { return folder + "/fclocal.json"; }

std::string WriteRunningState(const RunningState& state) {
  const auto started = std::chrono::duration_cast<milliseconds>(state.started.time_since_epoch());
  const nlohmann::ordered_json document = {
      {"pid", state.pid},     {"address", state.address}, {"port", state.port},
      {"token", state.token}, {"source", state.source},   {"startedAt", started.count()}};
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::optional<RunningState> ReadRunningState(const std::string& text) {
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return std::nullopt;
  RunningState state;
  std::int64_t started = 0;
  const bool is_whole =
      ReadNumber(document, "pid", state.pid) && ReadText(document, "address", state.address) &&
      ReadNumber(document, "port", state.port) && ReadText(document, "token", state.token) &&
      ReadText(document, "source", state.source) && ReadNumber(document, "startedAt", started);
  if (!is_whole) return std::nullopt;
  state.started = std::chrono::system_clock::time_point(milliseconds(started));
  return state;
}

Expected<std::optional<RunningState>> FindRunning(const std::string& folder) {
  using Found = std::optional<RunningState>;
  if (!IsFolderLocked(folder)) return Found();
  std::ifstream file(StateFileOf(folder), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto state = ReadRunningState(text);
  // It may have ended, and taken its file along, since we asked for the lock.
  if (!state && !IsFolderLocked(folder)) return Found();
  if (!state) return Error{ErrorCode::kUnavailable, "a fclocal is just starting in " + folder};
  return state;
}

}  // namespace openfc::emulator
