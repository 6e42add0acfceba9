// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/shipped_glossary.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "vocabulary/letters.hpp"

namespace livedub::vocabulary {

const Glossary& sports_glossary() {
    static const Glossary glossary = [] {
        auto parsed = Glossary::parse(sports_glossary_text());
        LIVEDUB_CHECK(parsed.has_value());  // a test reads it before anybody else does
        return std::move(*parsed);
    }();
    return glossary;
}

bool is_about_sports(std::span<const std::string> domain_hints) {
    return std::ranges::any_of(domain_hints, [](const std::string& hint) {
        const auto word = lower(hint);
        return word == "sports" || word == "football" || word == "basketball";
    });
}

}  // namespace livedub::vocabulary
