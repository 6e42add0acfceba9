// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The report for people: aligned, each problem followed by the command that mends it, the verdict
// in the last line.

#pragma once

#include <string>

#include "doctor/report.hpp"

namespace livedub::doctor {

struct TableStyle {
    bool has_colours = false;  // ANSI escapes
    bool has_symbols = false;  // UTF-8 marks instead of words
};

/// Ends in a newline.
[[nodiscard]] std::string to_table(const Report& report, const TableStyle& style);

}  // namespace livedub::doctor
