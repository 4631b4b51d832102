#pragma once

#include "emulator/service_file/substitution.h"
#include "emulator/service_file/yaml_section.h"
#include "emulator/service_file/yaml_tree.h"
#include "runtime/base/error.h"

#include <cstddef>
#include <string>
#include <vector>

namespace openfc::emulator {

/// One entry of resources (edition 3) or services (edition 1): a function, or something else that
/// is deployed with it.
struct FileEntry {
  std::string key;
  std::string component;
  YamlSection section;

  bool IsFunction() const;
  bool IsFc3() const;
};

/// The outermost part of a s.yaml: the keys that are about the file itself, and its entries.
class FileFrame {
 public:
  /// `document` and `substitution` must outlive this.
  static Expected<FileFrame> Read(const YamlNode& document, const Substitution& substitution);

  FileEntry& Entry(std::size_t place) { return entries_[place]; }

  /// The places of all functions, in order. An Error when there is none.
  Expected<std::vector<std::size_t>> Functions() const;

  /// The place of the function with that key or name; empty: the one that there is. An Error that
  /// lists the functions otherwise.
  Expected<std::size_t> Choose(const std::string& key_or_name) const;

  /// Paths of keys about the file that change nothing here.
  const std::vector<std::string>& without_effect() const { return without_effect_; }

 private:
  std::string Names() const;

  std::vector<FileEntry> entries_;
  std::vector<std::string> without_effect_;
};

}  // namespace openfc::emulator
