// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "captions/caption_text.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace livedub::captions {
namespace {

using std::chrono::milliseconds;

StreamTime at(int ms) {
    return StreamTime{milliseconds{ms}};
}

Phrase said(std::string text, int start_ms, int end_ms) {
    return {.text = std::move(text), .start = at(start_ms), .end = at(end_ms)};
}

TEST(CaptionText, BreaksAtSpacesByCharactersNotBytes) {
    EXPECT_EQ(break_lines("uno dos  tres\ncuatro", 8),
              (std::vector<std::string>{"uno dos", "tres", "cuatro"}));
    EXPECT_EQ(break_lines("\xC3\xA1\xC3\xA9\xC3\xAD \xC3\xB3\xC3\xBA", 6).size(), 1U);  // áéí óú
    EXPECT_EQ(break_lines("incomprehensibility no", 6),
              (std::vector<std::string>{"incomprehensibility", "no"}));
    EXPECT_TRUE(break_lines("  ").empty());
}

TEST(CaptionText, AShortPhraseIsOneCue) {
    CueMaker maker;

    EXPECT_EQ(maker.make({said("He scores.", 1'000, 2'500)}),
              (std::vector<Cue>{{at(1'000), at(2'500), {"He scores."}}}));
}

TEST(CaptionText, ALongPhraseIsShownInTurnOnTwoLinesEach) {
    CueMaker maker;
    const std::string text =
        "The quarterback drops back and throws a long pass down the field to the receiver who is "
        "open at the forty yard line and runs into the end zone.";

    const auto cues = maker.make({said(text, 0, 8'000)});

    ASSERT_EQ(cues.size(), 2U);
    EXPECT_EQ(cues[0].start, at(0));
    EXPECT_EQ(cues[0].end, cues[1].start);
    EXPECT_EQ(cues[1].end, at(8'000));
    std::string all;
    for (const auto& cue : cues) {
        ASSERT_LE(cue.lines.size(), 2U);
        for (const auto& line : cue.lines) {
            EXPECT_LE(line.size(), kLineLength);
            all += (all.empty() ? "" : " ") + line;
        }
    }
    EXPECT_EQ(all, text);
}

TEST(CaptionText, CuesNeverOverlapOrGoBack) {
    CueMaker maker;

    const auto first = maker.make({said("One.", 1'000, 3'000), said("Two.", 2'500, 2'600)});
    const auto second = maker.make({said("Three.", 2'000, 6'000)});

    EXPECT_EQ(first, (std::vector<Cue>{{at(1'000), at(3'000), {"One."}},
                                       {at(3'000), at(3'500), {"Two."}}}));
    EXPECT_EQ(second, (std::vector<Cue>{{at(3'500), at(6'000), {"Three."}}}));
}

TEST(CaptionText, VttIsEscaped) {
    EXPECT_EQ(vtt_header(), "WEBVTT\n\n");
    EXPECT_EQ(to_vtt({at(3'723'004), at(3'724'500), {"a < b & c", "--> d"}}),
              "01:02:03.004 --> 01:02:04.500\na &lt; b &amp; c\n--&gt; d\n\n");
}

TEST(CaptionText, SrtIsNumbered) {
    EXPECT_EQ(to_srt({at(0), at(1'500), {"Hola."}}, 3),
              "3\n00:00:00,000 --> 00:00:01,500\nHola.\n\n");
}

}  // namespace
}  // namespace livedub::captions
