// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/glossary.hpp"

#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace livedub::vocabulary {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Glossary glossary(const std::string& text) {
    auto parsed = Glossary::parse(text);
    EXPECT_TRUE(parsed.has_value()) << parsed.error().message();
    return std::move(*parsed);
}

/// "what stood there > what is said instead", in their order.
std::vector<std::string> found(const Glossary& terms, const std::string& text,
                               const std::string& source = "en", const std::string& target = "es") {
    std::vector<TermUse> uses;
    terms.find(text, source, target, uses);
    std::vector<std::string> all;
    for (const auto& use : uses) {
        all.push_back(text.substr(use.begin, use.end - use.begin) + " > " + use.target);
    }
    return all;
}

TEST(Glossary, ReadsLinesCommentsAndSpaces) {
    const auto terms = glossary(
        "\xEF\xBB\xBF# comment\r\n\r\n  # another\n striker \t delantero \r\n"
        "Red Devils\tRed Devils\nstriker\tdelantero\t\ncorner\tc\u00F3rner");

    EXPECT_EQ(terms.size(), 3U);
    EXPECT_THAT(found(terms, "A striker, a corner."),
                ElementsAre("striker > delantero", "corner > c\u00F3rner"));
    EXPECT_EQ(glossary("").size(), 0U);
}

TEST(Glossary, FindsWholeWordsInAnyCase) {
    const auto terms = glossary("foul\tfalta\n\u00E9toile\testrella\nred card\troja\n");

    EXPECT_THAT(found(terms, "FOUL! No foulness, no foul-mouthed player; the foul's price."),
                ElementsAre("FOUL > falta", "foul > falta"));
    EXPECT_THAT(found(terms, "\u00C9TOILE red  Card"),
                ElementsAre("\u00C9TOILE > estrella", "red  Card > roja"));
    EXPECT_TRUE(found(terms, "red, card").empty());
}

TEST(Glossary, TakesTheLongestThatBeginsThere) {
    const auto terms = glossary(
        "free\tlibre\nfree kick\ttiro libre\nfree kick taker\tlanzador\n"
        "kick off\tsaque\n");

    EXPECT_THAT(
        found(terms, "The free kick taker gives a free kick off the free agent"),
        ElementsAre("free kick taker > lanzador", "free kick > tiro libre", "free > libre"));
}

TEST(Glossary, KeepsToThePairOfALine) {
    const auto terms = glossary("goal\tgol\ten-ES\ngoal\tTor\ten-de\nkeeper\tK\n");

    EXPECT_THAT(found(terms, "goal keeper", "en-US", "es_MX"),
                ElementsAre("goal > gol", "keeper > K"));
    EXPECT_THAT(found(terms, "goal", "en", "de"), ElementsAre("goal > Tor"));
    EXPECT_TRUE(found(terms, "goal", "en", "fr").empty());
    // The pair's own comes before everybody's.
    EXPECT_THAT(found(glossary("goal\tx\ngoal\tgol\ten-es\n"), "goal"), ElementsAre("goal > gol"));
}

TEST(Glossary, LeavesAloneWhatIsTaken) {
    const auto mine = glossary("red card\troja\n");
    const auto theirs = glossary("card\ttarjeta\nred card shown\tx\nshown\tmostrada\n");
    const std::string text = "A red card shown, a card.";
    std::vector<TermUse> uses;

    mine.find(text, "en", "es", uses);
    theirs.find(text, "en", "es", uses);

    EXPECT_THAT(uses, ElementsAre(TermUse{.begin = 2, .end = 10, .target = "roja"},
                                  TermUse{.begin = 11, .end = 16, .target = "mostrada"},
                                  TermUse{.begin = 20, .end = 24, .target = "tarjeta"}));
}

struct Bad {
    std::string name;
    std::string text;
    std::string message;

    friend void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }
};

class GlossaryRefuses : public testing::TestWithParam<Bad> {};

TEST_P(GlossaryRefuses, ByLineWithWhatIsAllowed) {
    const auto parsed = Glossary::parse(GetParam().text);

    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(parsed.error().message(), testing::StartsWith(GetParam().message));
    EXPECT_THAT(parsed.error().message(), HasSubstr("allowed: "));
}

std::string many_terms() {
    std::string text;
    for (std::size_t n = 0; n <= Glossary::kMostTerms; ++n) {
        text += "t" + std::to_string(n) + "\tx\n";
    }
    return text;
}

INSTANTIATE_TEST_SUITE_P(
    All, GlossaryRefuses,
    testing::Values(
        Bad{"NoTab", "a\tb\nstriker delantero\n", "line 2: no tab in it"},
        Bad{"NoTerm", "\tdelantero\n", "line 1: the term is empty"},
        Bad{"NoTranslation", "# x\nstriker\t \n", "line 2: the translation is empty"},
        Bad{"NotUtf8", "a\tb\nni\xF1o\tx\n", "line 2: not UTF-8"},
        Bad{"NotUtf8InAComment", "# ni\xF1o\n", "line 1: not UTF-8"},
        Bad{"FourColumns", "a\tb\ten-es\tx\n", "line 1: 4 columns"},
        Bad{"NoPair", "a\tb\tspanish\n", "line 1: \"spanish\" is no pair of languages"},
        Bad{"HalfAPair", "a\tb\ten-\n", "line 1: \"en-\" is no pair"},
        Bad{"OnlySigns", "--\tb\n", "line 1: the term \"--\" has no letter"},
        Bad{"Control", std::string{"a\0b\tc\n", 6}, "line 1: the term has control characters"},
        Bad{"Twice", "a b\tc\nA  B\td\n", "line 2: \"A  B\" is \"c\" in line 1"},
        Bad{"LongTerm", std::string(201, 'a') + "\tb\n", "line 1: the term has 201 bytes"},
        Bad{"LongTranslation", "a\t" + std::string(201, 'a'),
            "line 1: the translation has 201 bytes"},
        Bad{"ManyTerms", many_terms(), "line 20001: one term too many"},
        Bad{"Large", std::string(Glossary::kMostBytes + 1, '#'), "1048577 bytes"}),
    [](const auto& bad) { return bad.param.name; });

TEST(GlossaryFile, IsNamedInWhatIsWrongWithIt) {
    const auto folder = std::filesystem::path{testing::TempDir()} / "livedub-glossary-test";
    std::filesystem::create_directories(folder);
    const auto path = (folder / "terms.tsv").string();
    const auto message = [](const std::string& of) { return Glossary::load(of).error().message(); };

    EXPECT_THAT(message(path + ".none"),
                testing::StartsWith(path + ".none: there is no such file"));
    EXPECT_THAT(message(folder.string()), testing::StartsWith(folder.string() + ": not a file"));
    std::ofstream{path} << "a\tb\nc\n";
    EXPECT_THAT(message(path), testing::StartsWith(path + ": line 2: no tab"));
    std::ofstream{path} << std::string(Glossary::kMostBytes + 10, '#');
    EXPECT_THAT(message(path), testing::StartsWith(path + ": too large"));
    std::ofstream{path} << "a\tb";
    EXPECT_EQ(Glossary::load(path)->size(), 1U);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace livedub::vocabulary
