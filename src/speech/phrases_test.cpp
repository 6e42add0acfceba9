// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/phrases.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace livedub::speech {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

/// Words of 200 ms, each after a pause of its own.
class Speech {
  public:
    Speech& say(const std::string& text, milliseconds pause = milliseconds{50}) {
        now_ += pause;
        words_.push_back({.text = text, .start = now_, .end = now_ + milliseconds{200}});
        now_ += milliseconds{200};
        return *this;
    }
    [[nodiscard]] std::vector<std::string> sentences() const {
        std::vector<std::string> texts;
        for (const auto& sentence : to_sentences(words_)) {
            texts.push_back(sentence.text);
        }
        return texts;
    }
    [[nodiscard]] const std::vector<Phrase>& words() const { return words_; }

  private:
    StreamTime now_;
    std::vector<Phrase> words_;
};

TEST(ToSentences, EndsASentenceAtAPause) {
    EXPECT_THAT(
        Speech{}.say("he").say("runs").say("left").say("it").say("is").say("good").sentences(),
        ElementsAre("He runs left it is good."));
    EXPECT_THAT(Speech{}
                    .say("he")
                    .say("runs")
                    .say("left")
                    .say("it", milliseconds{450})
                    .say("is")
                    .say("good")
                    .sentences(),
                ElementsAre("He runs left.", "It is good."));
}

TEST(ToSentences, ABreathAfterAWordOrTwoDoesNotCutTheClause) {
    EXPECT_THAT(Speech{}.say("the").say("ball", milliseconds{450}).say("goes").sentences(),
                ElementsAre("The ball goes."));
    EXPECT_THAT(Speech{}.say("yes").say("the", milliseconds{900}).say("ball").sentences(),
                ElementsAre("Yes.", "The ball."));
}

TEST(ToSentences, SpanTheirWords) {
    const auto speech = Speech{}.say("he").say("runs").say("left");

    const auto sentences = to_sentences(speech.words());

    ASSERT_EQ(sentences.size(), 1U);
    EXPECT_EQ(sentences[0].start, speech.words().front().start);
    EXPECT_EQ(sentences[0].end, speech.words().back().end);
}

TEST(ToSentences, OfNothingAreNone) {
    EXPECT_THAT(to_sentences({}), IsEmpty());
}

}  // namespace
}  // namespace livedub::speech
