// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// English words that are always written with a capital, as data.

#pragma once

#include <span>
#include <string_view>

namespace livedub::speech {

/// Names as they are written, one or more words each, in order of their lower-case form. Words
/// that mean something else in lower case ("may", "turkey", "giants") are here only as part of a
/// longer name ("New York Giants").
[[nodiscard]] std::span<const std::string_view> proper_names();

}  // namespace livedub::speech
