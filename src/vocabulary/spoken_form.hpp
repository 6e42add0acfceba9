// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Text as it is to be spoken: signs, units and abbreviations in words.
//
// It is the translation that is brought into this form, in the words of its own language and right
// before it is spoken: a translator knows "50 %" and "$5" better than what they are called, the
// captions keep them, and so it works whoever translated, and when nobody did.

#pragma once

#include <string>
#include <string_view>

namespace livedub::vocabulary {

/// `text` with & @ % and currencies, units after numbers, "vs." in words, and the leagues whose
/// names are spelled ("NFL") letter by letter. Of a language whose words we do not have only the
/// leagues are changed: its voice may know the rest.
[[nodiscard]] std::string spoken_form(std::string_view text, std::string_view language);

}  // namespace livedub::vocabulary
