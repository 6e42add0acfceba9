// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Apertium names languages with ISO 639-3 codes in newer pairs ("eng-spa") and ISO 639-1 in older
// ones ("en-gl"); we speak BCP 47. Everything is brought to ISO 639-3 here. The table of Debian's
// packages lives here too, so that a missing pair is reported with what would bring it.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace livedub::apertium {

/// A language with its regional variant: "pt-BR" is {"por", "BR"}, "eng_US" is {"eng", "US"}.
struct LanguageCode {
    std::string iso639_3;
    std::string variant;  // upper case; empty when there is none

    friend bool operator==(const LanguageCode&, const LanguageCode&) = default;
};

/// Understands BCP 47 tags and the names inside Apertium's mode files. Unknown two-letter codes are
/// kept as they are: they then match no pair.
[[nodiscard]] LanguageCode parse_language(std::string_view tag);

/// The Debian package that translates `source` to `target` (ISO 639-3), nullopt when there is none.
[[nodiscard]] std::optional<std::string_view> debian_package(std::string_view source,
                                                             std::string_view target);

}  // namespace livedub::apertium
