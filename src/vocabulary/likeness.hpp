// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether what is called a translation is only the text again.

#pragma once

#include <string_view>

namespace livedub::vocabulary {

/// True when `translation` has the words of `source` in their order, whatever its case and stops,
/// and they make a sentence: names and numbers may stay as they are.
[[nodiscard]] bool is_left_untranslated(std::string_view source, std::string_view translation);

}  // namespace livedub::vocabulary
