// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// For tests: JSON compared with a file that a person has read,
// tests/data/golden/contract/NAME.json.

#pragma once

#include <string_view>

namespace livedub::contract {

/// Fails the test when `json`, pretty-printed with its keys in their order, is not the file's text.
/// With LIVEDUB_UPDATE_GOLDEN=1 in the environment it writes the file instead.
void expect_golden(std::string_view name, std::string_view json);

}  // namespace livedub::contract
