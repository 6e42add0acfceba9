// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/apertium/language_codes.hpp"

#include <gtest/gtest.h>

namespace livedub::apertium {
namespace {

TEST(LanguageCode, ComesFromBcp47AndFromModeNamesAlike) {
    EXPECT_EQ(parse_language("en"), (LanguageCode{"eng", ""}));
    EXPECT_EQ(parse_language("EN-us"), (LanguageCode{"eng", "US"}));
    EXPECT_EQ(parse_language("eng_US"), (LanguageCode{"eng", "US"}));
    EXPECT_EQ(parse_language("pt-BR"), (LanguageCode{"por", "BR"}));
    EXPECT_EQ(parse_language("spa"), (LanguageCode{"spa", ""}));
    EXPECT_EQ(parse_language("zz"), (LanguageCode{"zz", ""}));
    EXPECT_EQ(parse_language(""), (LanguageCode{"", ""}));
}

TEST(DebianPackage, IsNamedInTheDirectionsItTranslates) {
    EXPECT_EQ(debian_package("eng", "spa"), "apertium-eng-spa");
    EXPECT_EQ(debian_package("spa", "eng"), "apertium-eng-spa");
    EXPECT_EQ(debian_package("eng", "glg"), "apertium-en-gl");
    EXPECT_EQ(debian_package("isl", "eng"), "apertium-isl-eng");
    EXPECT_EQ(debian_package("eng", "isl"), std::nullopt);
    EXPECT_EQ(debian_package("eng", "fra"), std::nullopt);
}

}  // namespace
}  // namespace livedub::apertium
