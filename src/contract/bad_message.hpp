// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// For tests: one row of a table of messages that break a rule.

#pragma once

#include <ostream>
#include <string>

#include "contract/violation.hpp"

namespace livedub::contract {

struct BadMessage {
    std::string name;
    std::string json;
    std::string field;
    std::string message;
    std::string code = "MALFORMED_DATA";
};

inline void PrintTo(const BadMessage& row, std::ostream* out) {
    *out << row.name;
}

inline std::string name_of(const BadMessage& row) {
    return row.name;
}

/// How the table writes a violation, so that one comparison shows all of it.
inline std::string line_of(const Violation& violation) {
    return violation.code + " " + violation.field + ": " + violation.message;
}

inline std::string line_of(const BadMessage& row) {
    return row.code + " " + row.field + ": " + row.message;
}

}  // namespace livedub::contract
