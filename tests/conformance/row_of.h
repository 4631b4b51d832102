#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace openfc::testing {

/// A row of a table, as the parameter of a test: GoogleTest copies parameters many times, and rows
/// hold megabytes. The table outlives the tests.
template <typename Row>
struct RowOf {
  const Row* row = nullptr;

  /// By this value CTest tells the tests apart, too.
  friend void PrintTo(const RowOf& parameter, std::ostream* stream) {
    *stream << parameter.row->rule;
  }
};

template <typename Row>
std::vector<RowOf<Row>> RowsOf(const std::vector<Row>& table) {
  std::vector<RowOf<Row>> rows;
  for (const Row& row : table) rows.push_back({&row});
  return rows;
}

/// Rows have no name but their rule.
template <typename Row>
std::string NameOfRow(const ::testing::TestParamInfo<RowOf<Row>>& info) {
  return info.param.row->rule;
}

}  // namespace openfc::testing
