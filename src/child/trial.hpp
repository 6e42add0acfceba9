// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What may end the process that does it, done by another one first.

#pragma once

#include <chrono>
#include <string_view>

#include "base/result.hpp"
#include "child/child_process.hpp"

namespace livedub::child {

/// Runs `command`, a program that ends with tell(), to its end, and kills it after `patience`.
///
/// Errors: the one that the program told (kExhausted, else kUnavailable); kUnavailable, naming
/// `subject`, when it cannot be started, ends in another way or takes too long.
[[nodiscard]] Result<void> try_out(const Command& command, std::string_view subject,
                                   std::chrono::seconds patience);

/// The program's half: says what has come of it. The exit code to end with.
[[nodiscard]] int tell(const Result<void>& tried);

}  // namespace livedub::child
