#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace openfc::soak {

/// How an invocation reached the runtime, and so what must become of it.
enum class Delivery {
  kWhole,     // One accepted post; the handler ran once.
  kBodyCut,   // One accepted error; the handler did not run.
  kHeadCut,   // Nothing: the runtime knows no id. The handler did not run.
  kReset,     // Anything or nothing; the handler ran once at most.
  kPerilous,  // Whole or nearly, and the runtime died: as kReset if its connection ended in a
              // reset, otherwise one accepted post; the handler ran once at most.
};

/// What became of each invocation.
class Ledger {
 public:
  /// A new invocation; answers its id.
  std::string Open(Delivery delivery, std::size_t connection, std::string event);

  void NoteRun(const std::string& id) { ++At(id).runs; }
  /// The invocations that were handed out there and not answered are excused.
  void NoteReset(std::size_t connection);
  /// Whether a post for that id is to be accepted; later ones are to be refused.
  bool IsAnswered(const std::string& id) { return At(id).accepted > 0; }
  /// A wrong body of a response counts as a fault.
  void NoteAccepted(const std::string& id, bool is_error, const std::string& body);

  bool Has(const std::string& id) const { return entries_.contains(id); }
  Delivery DeliveryOf(const std::string& id) { return At(id).delivery; }
  std::size_t size() const { return entries_.size(); }
  /// How many must still be answered.
  std::size_t Owed() const { return owed_; }

  /// Sentences, one a fault; empty: all is as it should be.
  std::vector<std::string> Faults() const;

 private:
  struct Entry {
    Delivery delivery;
    std::size_t connection;
    std::string event;
    bool is_excused = false;
    int runs = 0;
    int accepted = 0;
    bool is_error = false;
    bool has_wrong_body = false;
  };

  static bool IsOwed(const Entry& entry);
  static std::string FaultOf(const Entry& entry);
  Entry& At(const std::string& id) { return entries_.at(id); }

  std::map<std::string, Entry> entries_;
  std::map<std::size_t, std::vector<std::string>> by_connection_;
  std::size_t owed_ = 0;
};

}  // namespace openfc::soak
