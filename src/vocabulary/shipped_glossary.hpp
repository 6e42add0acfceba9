// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The glossaries that come with the program, for what a stream says that it is about.

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "vocabulary/glossary.hpp"

namespace livedub::vocabulary {

/// Phrases of commentators, English to Spanish. For a translator that takes words one by one; one
/// that knows sentences knows these.
[[nodiscard]] const Glossary& sports_glossary();

/// The file that it is made from.
[[nodiscard]] std::string_view sports_glossary_text();

/// Whether one of a stream's hints (external contract, 7.1) says sports.
[[nodiscard]] bool is_about_sports(std::span<const std::string> domain_hints);

}  // namespace livedub::vocabulary
