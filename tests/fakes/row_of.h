#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace openfc::testing {

/// A row of a table, as the parameter of a test: GoogleTest copies parameters many times, and rows
/// hold megabytes. The table outlives the tests; beside its type stands NameOf(row), a test's name.
template <typename Row>
struct RowOf {
  const Row* row = nullptr;

  /// By this value CTest tells the tests apart, too.
  friend void PrintTo(const RowOf& parameter, std::ostream* stream) {
    *stream << NameOf(*parameter.row);
  }
};

template <typename Row>
std::vector<RowOf<Row>> RowsOf(const std::vector<Row>& table) {
  std::vector<RowOf<Row>> rows;
  for (const Row& row : table) rows.push_back({&row});
  return rows;
}

template <typename Row>
std::string NameOfRow(const ::testing::TestParamInfo<RowOf<Row>>& info) {
  return NameOf(*info.param.row);
}

}  // namespace openfc::testing
