// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The report for programs; docs/doctor.md names the keys. Keys are added, never renamed.

#pragma once

#include <string>

#include "doctor/report.hpp"

namespace livedub::doctor {

/// One object, ending in a newline.
[[nodiscard]] std::string to_json(const Report& report);

}  // namespace livedub::doctor
