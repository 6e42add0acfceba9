// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Words that are written with a stop of their own: it ends no sentence.

#pragma once

#include <cstddef>
#include <string_view>

namespace livedub::vocabulary {

/// Whether what stands before the stop at `at` is such a word, "Sr." or "Mr.", or one capital, as
/// of a name: "J.". Any thread.
///
/// @param text UTF-8.
[[nodiscard]] bool is_shortened(std::string_view text, std::size_t at);

}  // namespace livedub::vocabulary
