// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Recognisers of the older kind give English in lower case, without stops. A translator works on
// sentences: it knows "Spanish" but not "spanish", and translates what follows a full stop anew.
// This puts back what can be told from the words alone.

#pragma once

#include <string>
#include <string_view>

namespace livedub::speech {

/// The words `heard` as one sentence: a capital at its start, "I", days, months, countries, cities
/// and other names that are always written so, and a stop at its end: a question mark where the
/// words are in the order of a question, an exclamation mark after "what a ...". English only.
///
/// Text that has capitals already is trusted and only given the stop that it lacks.
[[nodiscard]] std::string restore_sentence(std::string_view heard);

}  // namespace livedub::speech
