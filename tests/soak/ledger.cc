#include "tests/soak/ledger.h"

#include <utility>

namespace openfc::soak {

std::string Ledger::Open(Delivery delivery, std::size_t connection, std::string event) {
  const std::string id = "soak-" + std::to_string(entries_.size());
  const Entry entry{.delivery = delivery, .connection = connection, .event = std::move(event)};
  if (IsOwed(entry)) ++owed_;
  entries_.emplace(id, entry);
  by_connection_[connection].push_back(id);
  return id;
}

bool Ledger::IsOwed(const Entry& entry) {
  const bool is_expected = entry.delivery == Delivery::kWhole ||
                           entry.delivery == Delivery::kBodyCut ||
                           entry.delivery == Delivery::kPerilous;
  return is_expected && !entry.is_excused && entry.accepted == 0;
}

void Ledger::NoteReset(std::size_t connection) {
  for (const std::string& id : by_connection_[connection]) {
    Entry& entry = At(id);
    if (IsOwed(entry) && entry.delivery == Delivery::kPerilous) {
      entry.is_excused = true;
      --owed_;
    }
  }
}

void Ledger::NoteAccepted(const std::string& id, bool is_error, const std::string& body) {
  Entry& entry = At(id);
  if (IsOwed(entry)) --owed_;
  ++entry.accepted;
  entry.is_error = is_error;
  entry.has_wrong_body = !is_error && body != entry.event;
}

std::vector<std::string> Ledger::Faults() const {
  std::vector<std::string> faults;
  for (const auto& [id, entry] : entries_) {
    if (auto fault = FaultOf(entry); !fault.empty()) faults.push_back(id + " " + fault);
  }
  return faults;
}

std::string Ledger::FaultOf(const Entry& entry) {
  if (IsOwed(entry)) return "was lost";
  if (entry.runs > 1) return "ran " + std::to_string(entry.runs) + " times";
  if (entry.has_wrong_body) return "was answered with the bytes of another";
  switch (entry.delivery) {
    case Delivery::kWhole:
      if (entry.is_error) return "came whole and was answered by an error";
      return entry.runs == 1 ? "" : "was answered and did not run";
    case Delivery::kBodyCut:
      if (!entry.is_error) return "was cut short and answered by a response";
      return entry.runs == 0 ? "" : "was cut short and ran";
    case Delivery::kHeadCut:
      return entry.runs + entry.accepted == 0 ? "" : "had no whole head and was worked on";
    case Delivery::kReset:
    case Delivery::kPerilous:
      return "";
  }
  return "";
}

}  // namespace openfc::soak
