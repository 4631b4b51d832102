#pragma once

#include "emulator/service_file/yaml_tree.h"
#include "emulator/variables.h"
#include "runtime/base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace openfc::emulator {

/// Fills in `${vars.x}`, `${env('X', 'default')}` and `${config('AccountID')}`, the last one and
/// the keys that go with it as the function itself gets them, when a value is asked for: what is
/// never read need not resolve.
class Substitution {
 public:
  /// `vars` is the file's vars section (null: it has none); both arguments must outlive this.
  Substitution(const YamlNode* vars, const Variables& environment)
      : vars_(vars), environment_(environment) {}

  /// `node` with every expression in its text filled in. A text that is one `${vars.x}` and nothing
  /// else becomes what x is, a map too; other kinds come back as they are. kInvalidArgument with a
  /// sentence that names the line: an unknown expression, a variable that is not set and has no
  /// default, a definition that goes round in a circle, a `{{ placeholder }}`.
  Expected<YamlNode> Resolve(const YamlNode& node) const;

 private:
  using Chain = std::vector<std::string>;  // The vars that are being resolved.

  Expected<YamlNode> Resolve(const YamlNode& node, const Chain& chain) const;
  Expected<YamlNode> Evaluate(std::string_view expression, int line, const Chain& chain) const;
  Expected<YamlNode> LookUpVariable(std::string_view path, int line, const Chain& chain) const;
  Expected<YamlNode> LookUpEnvironment(std::string_view arguments, int line) const;
  Expected<YamlNode> LookUpAccess(std::string_view name, int line) const;

  const YamlNode* const vars_;
  const Variables& environment_;
};

}  // namespace openfc::emulator
