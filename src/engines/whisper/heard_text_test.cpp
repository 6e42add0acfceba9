// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/heard_text.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace livedub::whisper {
namespace {

using namespace std::chrono_literals;

HeardSegment said(const std::vector<std::string>& tokens, float log_probability = -0.2F) {
    HeardSegment segment;
    int at = 0;
    for (const auto& bytes : tokens) {
        segment.tokens.push_back({.bytes = bytes,
                                  .begin_cs = at,
                                  .end_cs = at + 20,
                                  .log_probability = log_probability});
        at += 20;
    }
    return segment;
}

std::vector<std::string> texts(const std::vector<Phrase>& words) {
    std::vector<std::string> out;
    for (const auto& word : words) {
        out.push_back(word.text);
    }
    return out;
}

using Texts = std::vector<std::string>;

std::vector<Phrase> phrase(const Texts& words) {
    std::vector<Phrase> out;
    for (const auto& word : words) {
        out.push_back({.text = word, .start = {}, .end = {}});
    }
    return out;
}

TEST(JoinedWords, JoinsPiecesAndTheirTimes) {
    const StreamTime start{10s};
    const auto words = to_words(said({" Un", "believ", "able", ",", " Mess", "i", "!"}), start, 6s);
    EXPECT_EQ(texts(words), (Texts{"Unbelievable,", "Messi!"}));
    EXPECT_EQ(words[0].start, start);
    EXPECT_EQ(words[0].end, start + 800ms);
    EXPECT_EQ(words[1].start, start + 800ms);
    EXPECT_EQ(words[1].end, start + 1'400ms);
}

TEST(JoinedWords, MakesCharactersWholeThatLieInTwoTokens) {
    EXPECT_EQ(texts(to_words(said({" Espa\xC3", "\xB1", "a", " \xE2\x82", "\xAC"}), {}, 6s)),
              (Texts{"España", "€"}));
}

TEST(JoinedWords, LeavesOutWhatIsNoUtf8) {
    EXPECT_EQ(texts(to_words(said({" go\xC3", "al", " \xFF\xFE", " now\xE2\x82"}), {}, 6s)),
              (Texts{"goal", "now"}));
}

TEST(JoinedWords, LeavesOutNotesAndBareStops) {
    EXPECT_EQ(texts(to_words(said({" [", "MUS", "IC", "]", " Good", " -", " (", "crowd",
                                   " cheering", ")", " evening", " ♪", " ..."}),
                             {}, 6s)),
              (Texts{"Good", "evening"}));
}

TEST(JoinedWords, CutsAtTheStopsOfScriptsWithoutSpaces) {
    EXPECT_EQ(texts(to_words(said({"試合", "開始", "。", "走る"}), {}, 6s)),
              (Texts{"試合開始。", "走る"}));
}

TEST(JoinedWords, TimesStayInOrderAndInTheSound) {
    HeardSegment odd;
    odd.tokens = {{.bytes = " one", .begin_cs = 50, .end_cs = 90},
                  {.bytes = " two", .begin_cs = 40, .end_cs = 30},
                  {.bytes = " three", .begin_cs = -5, .end_cs = 3'000}};
    const auto words = to_words(odd, StreamTime{0s}, 2s);
    ASSERT_EQ(words.size(), 3U);
    for (std::size_t i = 0; i < words.size(); ++i) {
        EXPECT_LE(words[i].start, words[i].end);
        EXPECT_GE(words[i].start, i == 0 ? StreamTime{0s} : words[i - 1].end);
        EXPECT_LE(words[i].end, StreamTime{2s});
    }
}

TEST(Judge, UnsureOfTheTextAndOfAnySpeechIsSilence) {
    auto segment = said({" maybe"}, -1.4F);
    EXPECT_EQ(judge(segment, {}), Verdict::kDoubtful);
    segment.no_speech_probability = 0.61F;
    EXPECT_EQ(judge(segment, {}), Verdict::kSilence);
    EXPECT_EQ(judge(said({" maybe"}, -0.99F), {}), Verdict::kBelieved);
    auto sure = said({" goal"}, -0.1F);
    sure.no_speech_probability = 0.9F;
    EXPECT_EQ(judge(sure, {}), Verdict::kBelieved);
}

TEST(Judge, TextThatGoesInCirclesIsDoubtful) {
    Texts tokens;
    for (int i = 0; i < 30; ++i) {
        tokens.insert(tokens.end(), {" and", " the", " ball"});
    }
    EXPECT_EQ(judge(said(tokens), {}), Verdict::kDoubtful);
    EXPECT_GT(compression_ratio("and the ball and the ball and the ball and the ball and the ball "
                                "and the ball and the ball"),
              2.4);
    EXPECT_LT(compression_ratio("The home team takes the lead in the last minute, and the whole "
                                "stadium is on its feet."),
              1.6);
    EXPECT_EQ(compression_ratio(""), 0.0);
}

TEST(WithoutRepetitions, SaysOnceWhatWasSaidInCircles) {
    EXPECT_EQ(texts(without_repetitions(phrase({"we", "go.", "We", "go,", "we", "go", "now"}))),
              (Texts{"we", "go.", "now"}));
    EXPECT_EQ(texts(without_repetitions(phrase({"goal", "Goal!", "goal", "goal", "goal"}))),
              (Texts{"goal"}));
}

TEST(WithoutRepetitions, KeepsWhatMayBeMeant) {
    const Texts meant{"no", "no", "no", "very", "well", "very", "well"};
    EXPECT_EQ(texts(without_repetitions(phrase(meant))), meant);
    EXPECT_TRUE(without_repetitions({}).empty());
}

TEST(IsPhantom, CreditsAlwaysAndCourtesiesWhenUnsure) {
    EXPECT_TRUE(is_phantom("Subtitles by the Amara.org community", true));
    EXPECT_TRUE(is_phantom("Thanks for watching!", true));
    EXPECT_TRUE(is_phantom("ご視聴ありがとうございました", true));
    EXPECT_TRUE(is_phantom("Thank you.", false));
    EXPECT_FALSE(is_phantom("Thank you.", true));
    EXPECT_FALSE(is_phantom("Thank you, Martin.", false));
    EXPECT_FALSE(is_phantom("A goal in the last minute.", false));
    EXPECT_TRUE(is_phantom("...", true));
}

}  // namespace
}  // namespace livedub::whisper
