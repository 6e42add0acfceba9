// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/apertium/language_codes.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace livedub::apertium {

namespace {

struct CodePair {
    std::string_view iso639_1;
    std::string_view iso639_3;
};

// Every language of a packaged pair that has a two-letter code. Where BCP 47 and Apertium disagree
// about a macrolanguage ("no", "ms", "sr"), the code is the one that Apertium's mode files use.
constexpr std::array kCodes = std::to_array<CodePair>({
    {"af", "afr"}, {"an", "arg"}, {"be", "bel"}, {"bg", "bul"}, {"br", "bre"}, {"bs", "hbs"},
    {"ca", "cat"}, {"da", "dan"}, {"de", "deu"}, {"en", "eng"}, {"eo", "epo"}, {"es", "spa"},
    {"eu", "eus"}, {"fr", "fra"}, {"gl", "glg"}, {"hi", "hin"}, {"hr", "hbs"}, {"id", "ind"},
    {"is", "isl"}, {"it", "ita"}, {"mk", "mkd"}, {"ms", "zlm"}, {"nb", "nob"}, {"nl", "nld"},
    {"nn", "nno"}, {"no", "nob"}, {"oc", "oci"}, {"pl", "pol"}, {"pt", "por"}, {"ro", "ron"},
    {"ru", "rus"}, {"sc", "srd"}, {"sh", "hbs"}, {"sl", "slv"}, {"sr", "hbs"}, {"sv", "swe"},
    {"uk", "ukr"}, {"ur", "urd"},
});

struct PackagedPair {
    std::string_view source;
    std::string_view target;
    bool both_ways;
    std::string_view package;
};

// Debian 12 main; newer releases have at least these.
constexpr std::array kPackages = std::to_array<PackagedPair>({
    {"afr", "nld", true, "apertium-afr-nld"},  {"arg", "cat", true, "apertium-arg-cat"},
    {"bel", "rus", true, "apertium-bel-rus"},  {"bre", "fra", false, "apertium-br-fr"},
    {"cat", "ita", true, "apertium-cat-ita"},  {"cat", "srd", false, "apertium-cat-srd"},
    {"dan", "nob", true, "apertium-dan-nor"},  {"eng", "glg", true, "apertium-en-gl"},
    {"eng", "cat", true, "apertium-eng-cat"},  {"eng", "spa", true, "apertium-eng-spa"},
    {"cat", "epo", false, "apertium-eo-ca"},   {"epo", "eng", true, "apertium-eo-en"},
    {"spa", "epo", false, "apertium-eo-es"},   {"fra", "epo", false, "apertium-eo-fr"},
    {"spa", "glg", true, "apertium-es-gl"},    {"spa", "por", true, "apertium-es-pt"},
    {"ron", "spa", false, "apertium-es-ro"},   {"eus", "eng", false, "apertium-eu-en"},
    {"eus", "spa", false, "apertium-eu-es"},   {"fra", "spa", true, "apertium-fr-es"},
    {"fra", "cat", true, "apertium-fra-cat"},  {"hbs", "eng", false, "apertium-hbs-eng"},
    {"hbs", "mkd", true, "apertium-hbs-mkd"},  {"hbs", "slv", true, "apertium-hbs-slv"},
    {"ind", "zlm", true, "apertium-ind-zlm"},  {"isl", "eng", false, "apertium-isl-eng"},
    {"isl", "swe", false, "apertium-isl-swe"}, {"mkd", "bul", true, "apertium-mkd-bul"},
    {"mkd", "eng", false, "apertium-mkd-eng"}, {"nno", "nob", true, "apertium-nno-nob"},
    {"oci", "cat", true, "apertium-oc-ca"},    {"oci", "spa", true, "apertium-oc-es"},
    {"oci", "fra", true, "apertium-oci-fra"},  {"por", "cat", true, "apertium-por-cat"},
    {"por", "glg", true, "apertium-pt-gl"},    {"rus", "ukr", true, "apertium-rus-ukr"},
    {"spa", "arg", true, "apertium-spa-arg"},  {"spa", "ast", false, "apertium-spa-ast"},
    {"spa", "cat", true, "apertium-spa-cat"},  {"spa", "ita", true, "apertium-spa-ita"},
    {"srd", "ita", true, "apertium-srd-ita"},  {"swe", "dan", true, "apertium-swe-dan"},
    {"swe", "nob", true, "apertium-swe-nor"},  {"urd", "hin", true, "apertium-urd-hin"},
});

std::string mapped(std::string_view text, int (*convert)(int)) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(),
                   [convert](unsigned char c) { return static_cast<char>(convert(c)); });
    return out;
}

}  // namespace

LanguageCode parse_language(std::string_view tag) {
    const auto cut = tag.find_first_of("-_");
    LanguageCode code{.iso639_3 = mapped(tag.substr(0, cut), ::tolower), .variant = {}};
    if (cut != std::string_view::npos) {
        code.variant = mapped(tag.substr(cut + 1), ::toupper);
    }
    const auto* known = std::find_if(kCodes.begin(), kCodes.end(), [&code](const CodePair& pair) {
        return pair.iso639_1 == code.iso639_3;
    });
    if (known != kCodes.end()) {
        code.iso639_3 = known->iso639_3;
    }
    return code;
}

std::optional<std::string_view> debian_package(std::string_view source, std::string_view target) {
    for (const auto& pair : kPackages) {
        const bool forward = pair.source == source && pair.target == target;
        const bool backward = pair.both_ways && pair.source == target && pair.target == source;
        if (forward || backward) {
            return pair.package;
        }
    }
    return std::nullopt;
}

}  // namespace livedub::apertium
