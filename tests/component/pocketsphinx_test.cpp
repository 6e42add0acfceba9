// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The recogniser with its real model: what it understands of a synthetic voice, and that it hears
// nothing in silence, noise and crowds. Results move by a word or two between library builds, so
// words are counted, never compared one by one.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "base/clock.hpp"
#include "component/speech_signals.hpp"
#include "engines/pocketsphinx/pocketsphinx_model.hpp"

namespace livedub {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

constexpr std::array kSentences{
    "The ball goes over the line and the crowd is on its feet.",
    "The quarterback throws a long pass to the end zone.",
    "It is third down with seven yards to go.",
    "He runs to the left and is stopped at the forty yard line.",
    "What a catch by the young receiver from Chicago.",
    "The defense has been strong all night long.",
    "We have two minutes left in the second half.",
    "The home team needs a touchdown to win this game.",
};

std::string text_of(const std::vector<Phrase>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : " ") + word.text;
    }
    return text;
}

PcmChunk chunk(std::vector<std::int16_t> samples, StreamTime start = {}) {
    return *PcmChunk::make(start, speech::kRecognitionFormat, std::move(samples));
}

/// The model is loaded once for all tests; each has a session of its own.
class Pocketsphinx : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        auto loaded = pocketsphinx::load_pocketsphinx();
        if (loaded) {
            model() = std::move(*loaded);
        }
    }
    static void TearDownTestSuite() { model().reset(); }

    void SetUp() override {
        if (!model()) {
            GTEST_SKIP() << "the package pocketsphinx-en-us is not installed";
        }
        session_ = std::move(*model()->open_session({}));
    }

    std::vector<Phrase> hear(const std::vector<std::int16_t>& samples, StreamTime start = {}) {
        auto words = session_->transcribe(chunk(samples, start), {});
        EXPECT_TRUE(words.has_value()) << words.error().message();
        return words ? *words : std::vector<Phrase>{};
    }

    /// Of all sentences, in per cent.
    double word_error_rate() {
        std::size_t errors = 0;
        std::size_t words = 0;
        for (const auto& sentence : kSentences) {
            const auto said = plain_words(sentence);
            errors += edit_distance(said, plain_words(text_of(hear(spoken_by_flite(sentence)))));
            words += said.size();
        }
        return 100.0 * static_cast<double>(errors) / static_cast<double>(words);
    }

    static std::unique_ptr<speech::TranscriptionModel>& model() {
        static std::unique_ptr<speech::TranscriptionModel> instance;
        return instance;
    }

    std::unique_ptr<speech::TranscriptionSession> session_;
};

TEST_F(Pocketsphinx, UnderstandsASyntheticVoice) {
    const double rate = word_error_rate();

    RecordProperty("word_error_rate", std::to_string(rate));
    EXPECT_LT(rate, 15.0);  // 4 to 9 % when this was written
}

TEST_F(Pocketsphinx, IsNotSpoiltByCrowdNoiseBeforeTheSpeech) {
    for (unsigned seed = 1; seed <= 2; ++seed) {
        hear(crowd(4s, -20, seed));
    }

    EXPECT_LT(word_error_rate(), 15.0);
}

TEST_F(Pocketsphinx, HearsNothingWhereNobodySpeaks) {
    EXPECT_THAT(hear(std::vector<std::int16_t>(std::size_t{96'000}, 0)), IsEmpty());
    unsigned seed = 0;
    for (const double level_db : {-60.0, -40.0, -26.0, -14.0}) {
        SCOPED_TRACE(testing::Message() << "seed " << ++seed << " level " << level_db << " dB");
        EXPECT_EQ(text_of(hear(coloured_noise(4s, level_db, 0, seed))), "");
        EXPECT_EQ(text_of(hear(coloured_noise(4s, level_db, 1, seed))), "");
        EXPECT_EQ(text_of(hear(coloured_noise(4s, level_db, 2, seed))), "");
        EXPECT_EQ(text_of(hear(crowd(4s, level_db, seed))), "");
    }
}

TEST_F(Pocketsphinx, HearsNothingInAHallOfManyVoices) {
    std::vector<std::vector<std::int16_t>> voices;
    voices.reserve(kSentences.size());
    for (const auto& sentence : kSentences) {
        voices.push_back(spoken_by_flite(sentence));
    }
    for (unsigned seed = 1; seed <= 2; ++seed) {
        for (const double level_db : {-40.0, -26.0}) {
            SCOPED_TRACE(testing::Message() << "seed " << seed << " level " << level_db << " dB");
            EXPECT_EQ(text_of(hear(babble(voices, 30, 4s, level_db, seed))), "");
        }
    }
}

TEST_F(Pocketsphinx, PutsWordsOnTheTimeline) {
    const auto sentence = spoken_by_flite("The team needs a touchdown.");
    std::vector<std::int16_t> samples(48'000, 0);
    samples.insert(samples.end(), sentence.begin(), sentence.end());
    samples.insert(samples.end(), 16'000, 0);
    const StreamTime start{100s};

    const auto words = hear(samples, start);

    ASSERT_GE(words.size(), 3U);
    EXPECT_GT(words.front().start, start + 2900ms);
    EXPECT_LT(words.front().start, start + 3500ms);
    EXPECT_LE(words.back().end, start + std::chrono::nanoseconds{samples.size() * 62'500});
    for (std::size_t at = 1; at < words.size(); ++at) {
        EXPECT_GE(words[at].start, words[at - 1].end - 10ms);
        EXPECT_GT(words[at].end, words[at].start);
    }
}

TEST_F(Pocketsphinx, TakesHalfAMinuteInOneCall) {
    std::vector<std::int16_t> samples;
    std::vector<std::string> said;
    for (const auto& sentence : kSentences) {
        const auto speech = spoken_by_flite(sentence);
        samples.insert(samples.end(), speech.begin(), speech.end());
        samples.insert(samples.end(), 8'000, 0);
        const auto words = plain_words(sentence);
        said.insert(said.end(), words.begin(), words.end());
    }

    const auto heard = plain_words(text_of(hear(samples)));

    EXPECT_LT(edit_distance(said, heard), said.size() / 5);
}

TEST_F(Pocketsphinx, StopsWithin100MsAndGoesOn) {
    const auto speech = spoken_by_flite(kSentences[0]);
    std::vector<std::int16_t> samples;
    while (samples.size() < 800'000) {
        samples.insert(samples.end(), speech.begin(), speech.end());
    }
    std::stop_source source;
    SteadyTime asked;
    Result<std::vector<Phrase>> words = fail(ErrorCode::kInternal, "not run");
    {
        const std::jthread stopper{[&] {
            asked = std::chrono::steady_clock::now();
            source.request_stop();
        }};
        words = session_->transcribe(chunk(samples), source.get_token());
    }
    const auto late = std::chrono::steady_clock::now() - asked;

    ASSERT_FALSE(words.has_value());
    EXPECT_EQ(words.error().code(), ErrorCode::kCancelled);
    EXPECT_LT(late, 1s);  // 100 ms and a busy machine
    EXPECT_GE(hear(speech).size(), 8U);
}

TEST_F(Pocketsphinx, RefusesWhatIsNot16KHzMonoOfSensibleLength) {
    const auto code = [this](const PcmChunk& speech) {
        const auto words = session_->transcribe(speech, {});
        return words ? ErrorCode{} : words.error().code();
    };

    EXPECT_EQ(code(*PcmChunk::make({}, {.sample_rate_hz = 48'000, .channels = 1},
                                   std::vector<std::int16_t>(48'000))),
              ErrorCode::kInvalidArgument);
    EXPECT_EQ(code(chunk({})), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code(chunk(std::vector<std::int16_t>(1000))), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code(chunk(std::vector<std::int16_t>(976'000))), ErrorCode::kInvalidArgument);
}

TEST_F(Pocketsphinx, ManySessionsShareFewDecoders) {
    auto shared = pocketsphinx::load_pocketsphinx({.most_decoders = 2});
    ASSERT_TRUE(shared.has_value());
    const auto speech = spoken_by_flite(kSentences[2]);
    const auto expected = text_of(hear(speech));
    ASSERT_FALSE(expected.empty());

    std::array<std::string, 5> heard;
    {
        std::vector<std::jthread> speakers;
        for (auto& text : heard) {
            speakers.emplace_back([&] {
                const auto session = *(*shared)->open_session({});
                text = text_of(*session->transcribe(chunk(speech), {}));
            });
        }
    }

    EXPECT_THAT(heard, testing::Each(expected));
}

TEST_F(Pocketsphinx, EachSessionKeepsItsOwnChannel) {
    auto shared = pocketsphinx::load_pocketsphinx({.most_decoders = 1});
    ASSERT_TRUE(shared.has_value());
    const auto loud = spoken_by_flite(kSentences[1]);
    auto quiet = loud;
    for (auto& sample : quiet) {
        sample = static_cast<std::int16_t>(sample / 40);
    }
    const auto alone = *(*shared)->open_session({});
    std::vector<std::string> heard_alone;
    for (int turn = 0; turn < 3; ++turn) {
        heard_alone.push_back(text_of(*alone->transcribe(chunk(loud), {})));
    }

    const auto one = *(*shared)->open_session({});
    const auto other = *(*shared)->open_session({});
    std::vector<std::string> heard_between;
    for (int turn = 0; turn < 3; ++turn) {
        heard_between.push_back(text_of(*one->transcribe(chunk(loud), {})));
        (void)other->transcribe(chunk(quiet), {});
    }

    EXPECT_EQ(heard_between, heard_alone);
}

TEST_F(Pocketsphinx, WaitsForADecoderNoLongerThanItMay) {
    auto shared = pocketsphinx::load_pocketsphinx({.most_decoders = 1});
    ASSERT_TRUE(shared.has_value());
    const auto busy = *(*shared)->open_session({});
    const auto waiting = *(*shared)->open_session({});
    const auto speech = spoken_by_flite(kSentences[0]);
    std::vector<std::int16_t> samples;
    while (samples.size() < 800'000) {
        samples.insert(samples.end(), speech.begin(), speech.end());
    }
    std::stop_source end_of_test;
    {
        const std::jthread talker{
            [&] { (void)busy->transcribe(chunk(samples), end_of_test.get_token()); }};
        std::stop_source impatient;
        impatient.request_stop();

        const auto words = waiting->transcribe(chunk(speech), impatient.get_token());

        ASSERT_FALSE(words.has_value());
        EXPECT_EQ(words.error().code(), ErrorCode::kCancelled);
        end_of_test.request_stop();
    }
    EXPECT_FALSE(waiting->transcribe(chunk(speech), {})->empty());
}

/// A real, old and noisy recording: measured, and only held to do no harm.
TEST_F(Pocketsphinx, ARealRecordingGivesWordsOrNothing) {
    const char* folder = std::getenv("LIVEDUB_SHARED_FIXTURES");
    const std::filesystem::path path =
        std::filesystem::path{folder != nullptr ? folder
                                                : LIVEDUB_SOURCE_DIR "/../shared/fixtures"} /
        "jfk.wav";
    if (!std::filesystem::exists(path)) {
        GTEST_SKIP() << path << " is not there (LIVEDUB_SHARED_FIXTURES names its folder)";
    }
    const auto samples = read_wav(path);
    ASSERT_GT(samples.size(), 16'000U);

    const auto text = text_of(hear(samples));

    RecordProperty("heard", text);
    SUCCEED();
}

TEST(PocketsphinxModel, SpeaksOfItself) {
    const auto missing =
        pocketsphinx::load_pocketsphinx({.model_directories = {"/nowhere/at/all"}});
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(missing.error().message(), testing::HasSubstr("pocketsphinx-en-us"));
}

}  // namespace
}  // namespace livedub
