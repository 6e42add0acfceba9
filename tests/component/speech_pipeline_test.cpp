// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The speech pipeline with the packaged engines: an English sentence, spoken by flite, comes back
// in Spanish, in its slot and at its level; silence and a crowd come back as nothing said.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "engines/catalogue/catalogue.hpp"
#include "file_dub/child_process.hpp"
#include "speech/loudness.hpp"
#include "speech/phrases.hpp"
#include "speech/test_signals.hpp"

namespace livedub {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::AnyOf;
using testing::HasSubstr;

constexpr PcmFormat kStereo{.sample_rate_hz = 44'100, .channels = 2};

std::vector<std::int16_t> spoken(const std::string& sentence) {
    const auto child =
        file_dub::ChildProcess::start({"sh", "-c",
                                       "flite -voice rms -t \"$1\" -o /dev/stdout | "
                                       "ffmpeg -nostdin -v error -i - -f s16le -ar 44100 -ac 2 -",
                                       "sh", sentence},
                                      file_dub::Pipe::kFromChild);
    std::vector<std::int16_t> samples(std::size_t{20} * 44'100 * 2);
    const auto got = (*child)->read(std::as_writable_bytes(std::span{samples}));
    samples.resize(*got / sizeof(std::int16_t));
    EXPECT_FALSE(samples.empty()) << "nothing was said: are flite and ffmpeg installed?";
    return samples;
}

/// Six seconds from second twelve of a stream, with `speech` from 0.8 s on.
PcmChunk six_seconds(const std::vector<std::int16_t>& speech, float level) {
    std::vector<std::int16_t> samples(std::size_t{6} * 44'100 * 2);
    for (std::size_t i = 0; i < speech.size() && 70'560 + i < samples.size(); ++i) {
        samples[70'560 + i] = static_cast<std::int16_t>(static_cast<float>(speech[i]) * level);
    }
    return *PcmChunk::make(StreamTime{seconds{12}}, kStereo, std::move(samples));
}

class SpeechPipeline : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        auto made = engines::make_speech_pipeline({.stage_limits = {.recognise = seconds{100}}});
        ASSERT_TRUE(made.has_value()) << made.error().message();
        dubber_ = std::move(*made);
    }
    static void TearDownTestSuite() { dubber_.reset(); }

    /// What becomes of the fragments of one stream, in order.
    static std::vector<DubOutcome> dub(const std::vector<PcmChunk>& fragments) {
        Mutex mutex;
        std::condition_variable_any arrived;
        std::vector<DubOutcome> outcomes;
        const auto session = dubber_->open({.stream_id = "test"}, [&](DubOutcome outcome) {
            const MutexLock lock{mutex};
            outcomes.push_back(std::move(outcome));
            arrived.notify_all();
        });
        EXPECT_TRUE(session.has_value()) << session.error().message();
        for (std::size_t n = 0; n < fragments.size(); ++n) {
            (*session)->request({.number = n, .audio = fragments[n]},
                                steady_clock::now() + seconds{200});
        }
        const MutexLock lock{mutex};
        arrived.wait_for(mutex, seconds{200}, [&] { return outcomes.size() == fragments.size(); });
        return outcomes;
    }

    static std::unique_ptr<Dubber> dubber_;
};

std::unique_ptr<Dubber> SpeechPipeline::dubber_;

TEST_F(SpeechPipeline, SaysWhichEnginesItHas) {
    EXPECT_EQ(dubber_->describe(), "pocketsphinx-en-us > apertium > espeak-ng");
}

TEST_F(SpeechPipeline, AnEnglishSentenceBecomesASpanishOneInItsSlotAtItsLevel) {
    const auto sentence = spoken("The home team takes the lead, and there are two minutes left.");
    const auto fragment = six_seconds(sentence, 0.5F);

    // Twice: a recogniser needs some speech to get used to a new voice.
    const auto outcomes = dub({fragment, fragment});

    ASSERT_EQ(outcomes.size(), 2U);
    const auto& outcome = outcomes[1];
    ASSERT_TRUE(outcome.dub.has_value()) << outcome.detail;
    EXPECT_THAT(speech::join_texts(outcome.transcript), HasSubstr("minutes"));
    EXPECT_THAT(speech::join_texts(outcome.translation),
                AnyOf(HasSubstr("minutos"), HasSubstr("equipo")));

    EXPECT_EQ(outcome.dub->start(), fragment.start());
    EXPECT_EQ(outcome.dub->format(), fragment.format());
    EXPECT_EQ(outcome.dub->frames(), fragment.frames());
    EXPECT_GE(outcome.speed_ratio, 1.0);
    EXPECT_LE(outcome.speed_ratio, 2.0);

    const auto original = speech::measure_loudness(sentence, kStereo);
    const auto dubbed = speech::measure_loudness(outcome.dub->samples(), kStereo);
    EXPECT_NEAR(*dubbed, *original - 6.0, 2.0);

    for (const auto& phrase : outcome.transcript) {
        EXPECT_GE(phrase.start, fragment.start());
        EXPECT_LE(phrase.end, fragment.end());
    }
    EXPECT_NEAR(
        std::chrono::duration<double>{outcome.transcript.front().start - fragment.start()}.count(),
        0.8, 0.4);
}

TEST_F(SpeechPipeline, SilenceNoiseAndMusicSayNothing) {
    constexpr std::size_t kSize = std::size_t{6} * 44'100;
    const auto outcomes =
        dub({six_seconds({}, 1.0F),
             speech::as_chunk(speech::at_level(speech::pink_noise(kSize, 1), -20), kStereo),
             speech::as_chunk(speech::at_level(speech::brown_noise(kSize, 2), -20), kStereo),
             speech::as_chunk(speech::at_level(speech::melody(kSize, 44'100), -20), kStereo)});

    ASSERT_EQ(outcomes.size(), 4U);
    for (const auto& outcome : outcomes) {
        EXPECT_EQ(outcome.fallback, FallbackReason::kNoSpeech) << outcome.detail;
        EXPECT_TRUE(outcome.transcript.empty());
        EXPECT_FALSE(outcome.dub.has_value());
    }
}

TEST_F(SpeechPipeline, AVoiceOverAQuietCrowdIsHeard) {
    const auto fragment =
        six_seconds(spoken("The home team takes the lead, and there are two minutes left."), 0.7F);
    const auto crowd = speech::at_level(speech::pink_noise(fragment.frames(), 4), -52);
    auto samples = fragment.samples();
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] =
            static_cast<std::int16_t>(samples[i] + static_cast<int>(crowd[i / 2] * 32'767));
    }
    const auto mixed = *PcmChunk::make(fragment.start(), kStereo, std::move(samples));

    const auto outcomes = dub({mixed, mixed});

    ASSERT_EQ(outcomes.size(), 2U);
    EXPECT_TRUE(outcomes[1].dub.has_value()) << outcomes[1].detail;
}

TEST_F(SpeechPipeline, AnUnknownPairIsRefusedByName) {
    const auto session = dubber_->open({.stream_id = "test", .target_language = "tlh"},
                                       [](const DubOutcome& /*outcome*/) {});

    ASSERT_FALSE(session.has_value());
    EXPECT_EQ(session.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(session.error().message(), HasSubstr("tlh"));
}

}  // namespace
}  // namespace livedub
