// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/pipeline.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "speech/fake_engines.hpp"
#include "speech/test_signals.hpp"

namespace livedub::speech {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr PcmFormat kFormat{.sample_rate_hz = 16'000, .channels = 1};

/// Two seconds in which somebody speaks.
const PcmChunk& speech() {
    static const PcmChunk chunk = as_chunk(at_level(voice(32'000, 16'000, 120, 0), -23), kFormat);
    return chunk;
}

PcmChunk silence() {
    return *PcmChunk::make({}, kFormat, std::vector<std::int16_t>(32'000));
}

/// Collects outcomes and lets a test wait for them.
class Outcomes {
  public:
    OnOutcome sink() {
        return [this](DubOutcome outcome) {
            {
                const MutexLock lock{mutex_};
                all_.push_back(std::move(outcome));
            }
            arrived_.notify_all();
        };
    }

    /// The outcomes once there are `count`, or whatever there is after ten seconds.
    std::vector<DubOutcome> wait_for(std::size_t count) {
        const MutexLock lock{mutex_};
        arrived_.wait_for(mutex_, seconds{60},
                          [&]() LIVEDUB_REQUIRES(mutex_) { return all_.size() >= count; });
        return all_;
    }

  private:
    Mutex mutex_;
    std::vector<DubOutcome> all_ LIVEDUB_GUARDED_BY(mutex_);
    std::condition_variable_any arrived_;
};

class PipelineTest : public testing::Test {
  protected:
    void start(PipelineConfig config = {.workers = 2}) {
        Engines engines{.recogniser = std::make_unique<FakeTranscriptionModel>(recognition_),
                        .translator = std::make_unique<FakeTranslator>(translation_takes_, &asked_),
                        .synthesizer = std::make_unique<FakeSynthesizer>(synthesis_)};
        pipeline_.emplace(std::move(engines), config);
    }

    std::unique_ptr<DubSession> open(Outcomes& outcomes) {
        return *pipeline_->open({.stream_id = "a"}, outcomes.sink());
    }

    FakeRecognition recognition_;
    milliseconds translation_takes_{0};
    std::vector<TranslationRequest> asked_;
    FakeSynthesizer::Script synthesis_;
    std::optional<Pipeline> pipeline_;
};

SteadyTime in(milliseconds time) {
    return steady_clock::now() + time;
}

TEST_F(PipelineTest, NamesItsEngines) {
    start();

    EXPECT_EQ(pipeline_->describe(), "fake-asr > fake-mt > fake-tts");
    EXPECT_EQ(pipeline_->engines().recogniser, "fake-asr");
    EXPECT_EQ(pipeline_->engines().translator, "fake-mt");
    EXPECT_EQ(pipeline_->engines().synthesizer, "fake-tts");
}

TEST_F(PipelineTest, ADubHasTheShapeOfItsFragmentAndItsWords) {
    start();
    Outcomes outcomes;
    const auto session = open(outcomes);
    const auto chunk = as_chunk(at_level(voice(88'200, 44'100, 120, 0), -23),
                                {.sample_rate_hz = 44'100, .channels = 2}, StreamTime{seconds{6}});

    session->request({.number = 7, .audio = chunk}, in(seconds{50}));

    const auto all = outcomes.wait_for(1);
    ASSERT_EQ(all.size(), 1U);
    const auto& outcome = all[0];
    ASSERT_TRUE(outcome.dub.has_value()) << outcome.detail;
    EXPECT_EQ(outcome.fragment, 7U);
    EXPECT_FALSE(outcome.fallback.has_value());
    EXPECT_EQ(outcome.dub->start(), chunk.start());
    EXPECT_EQ(outcome.dub->format(), chunk.format());
    EXPECT_EQ(outcome.dub->frames(), chunk.frames());
    ASSERT_EQ(outcome.transcript.size(), 1U);
    ASSERT_EQ(outcome.translation.size(), 1U);
    EXPECT_EQ(outcome.translation[0].text, "es:" + outcome.transcript[0].text);
    EXPECT_GE(outcome.transcript[0].start, chunk.start());
    EXPECT_LE(outcome.transcript[0].end, chunk.end());
    EXPECT_DOUBLE_EQ(outcome.speed_ratio, 1.0);
}

TEST_F(PipelineTest, ATranslationIsSpokenInWordsAndShownAsWritten) {
    recognition_.words = {"It's", "50%", "for", "the", "NFL"};
    start();
    Outcomes outcomes;
    const auto session = open(outcomes);

    session->request({.number = 0, .audio = speech()}, in(seconds{50}));

    const auto all = outcomes.wait_for(1);
    ASSERT_EQ(all.size(), 1U);
    ASSERT_EQ(all[0].translation.size(), 1U) << all[0].detail;
    EXPECT_EQ(all[0].translation[0].text, "es:It's 50% for the NFL.");
    EXPECT_EQ(synthesis_.last_text, "es:It's 50 por ciento for the N F L.");
}

TEST_F(PipelineTest, ATranslatorIsToldWhatTheStreamIsAboutAndWhatWasSaidBefore) {
    start();
    Outcomes outcomes;
    const auto session =
        *pipeline_->open({.stream_id = "a", .domain_hints = {"sports"}}, outcomes.sink());

    for (std::uint64_t number = 0; number < 5; ++number) {
        session->request({.number = number, .audio = speech()}, in(seconds{50}));
        ASSERT_EQ(outcomes.wait_for(number + 1).size(), number + 1);
    }

    ASSERT_EQ(asked_.size(), 5U);
    const std::string text = "The home team wins again.";
    EXPECT_EQ(asked_[0].text, text);
    EXPECT_EQ(asked_[0].pair, (LanguagePair{.source = "en", .target = "es"}));
    EXPECT_EQ(asked_[0].most_letters, 32U);  // of two seconds
    EXPECT_EQ(asked_[0].domain_hints, std::vector<std::string>{"sports"});
    EXPECT_TRUE(asked_[0].before.empty());
    EXPECT_EQ(asked_[1].before,
              (std::vector<SaidBefore>{{.source = text, .translation = "es:" + text}}));
    EXPECT_EQ(asked_[4].before.size(), 3U);
}

TEST_F(PipelineTest, NobodySpeaksSoNothingIsRecognised) {
    start();
    Outcomes outcomes;
    const auto session = open(outcomes);

    session->request({.number = 0, .audio = silence()}, in(seconds{50}));

    const auto all = outcomes.wait_for(1);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].fallback, FallbackReason::kNoSpeech);
    EXPECT_FALSE(all[0].dub.has_value());
    EXPECT_EQ(recognition_.calls, 0);
}

TEST_F(PipelineTest, ImplausibleWordsAreNotSpoken) {
    recognition_.words = {"uh", "the", "uh"};
    start();
    Outcomes outcomes;
    const auto session = open(outcomes);

    session->request({.number = 0, .audio = speech()}, in(seconds{50}));

    const auto all = outcomes.wait_for(1);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].fallback, FallbackReason::kNoSpeech);
    EXPECT_TRUE(all[0].transcript.empty());
    EXPECT_EQ(synthesis_.calls, 0);
}

TEST_F(PipelineTest, OneStreamIsDubbedInOrder) {
    recognition_.takes = milliseconds{5};
    start({.workers = 4});
    Outcomes outcomes;
    const auto session = open(outcomes);

    for (std::uint64_t n = 0; n < 10; ++n) {
        session->request({.number = n, .audio = speech()}, in(seconds{30}));
    }

    const auto all = outcomes.wait_for(10);
    ASSERT_EQ(all.size(), 10U);
    for (std::uint64_t n = 0; n < 10; ++n) {
        EXPECT_EQ(all[n].fragment, n);
    }
    EXPECT_EQ(recognition_.most_at_once, 1);
}

TEST_F(PipelineTest, StreamsAreDubbedSideBySide) {
    recognition_.on_call = [this](const PcmChunk& /*speech*/) {  // the first waits for the other
        const auto until = in(seconds{20});
        while (recognition_.most_at_once < 2 && steady_clock::now() < until) {
            std::this_thread::yield();
        }
    };
    start({.workers = 2});
    Outcomes outcomes;
    const auto one = open(outcomes);
    const auto other = open(outcomes);

    one->request({.number = 0, .audio = speech()}, in(seconds{30}));
    other->request({.number = 0, .audio = speech()}, in(seconds{30}));

    EXPECT_EQ(outcomes.wait_for(2).size(), 2U);
    EXPECT_EQ(recognition_.most_at_once, 2);
}

TEST_F(PipelineTest, TheDeadlineEndsARunningFragmentAtOnce) {
    recognition_.takes = seconds{60};
    start();
    Outcomes outcomes;
    const auto session = open(outcomes);
    const auto& sound = speech();  // made before the clock runs
    const auto asked = steady_clock::now();

    session->request({.number = 0, .audio = sound}, in(seconds{2}));

    const auto all = outcomes.wait_for(1);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].fallback, FallbackReason::kDeadline);
    EXPECT_EQ(all[0].detail, "recognise: the deadline passed");
    EXPECT_GE(steady_clock::now() - asked, seconds{2});
    EXPECT_LT(steady_clock::now() - asked, seconds{20});
}

TEST_F(PipelineTest, TheDeadlineHoldsEvenIfAnEngineDoesNotHeedIt) {
    recognition_.takes = seconds{4};
    recognition_.heeds_stop = false;
    start({.workers = 1});
    Outcomes outcomes;
    const auto session = open(outcomes);
    const auto& sound = speech();  // made before the clock runs

    session->request({.number = 0, .audio = sound}, in(milliseconds{1'500}));
    session->request({.number = 1, .audio = sound}, in(milliseconds{1'600}));

    const auto all = outcomes.wait_for(2);
    EXPECT_EQ(recognition_.running, 1) << "the engine was waited for";
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].fragment, 0U);
    EXPECT_EQ(all[1].fallback, FallbackReason::kDeadline);
    EXPECT_EQ(all[1].detail, "waiting for a worker");
}

TEST_F(PipelineTest, WorkThatIsTooLateIsNotBegun) {
    start();
    Outcomes outcomes;
    const auto session = open(outcomes);

    session->request({.number = 0, .audio = speech()}, in(milliseconds{-1}));

    const auto all = outcomes.wait_for(1);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].fallback, FallbackReason::kDeadline);
    EXPECT_EQ(recognition_.calls, 0);
}

TEST_F(PipelineTest, TheSlownessOfOneStreamSaysNothingOfAnother) {
    // At the pace of the first the second would take 30 s, and has 25.
    recognition_.takes = seconds{3};
    start({.stage_limits = {.recognise = seconds{60}}});
    Outcomes slow;
    const auto first = open(slow);
    first->request({.number = 0, .audio = speech()}, in(seconds{30}));
    ASSERT_EQ(slow.wait_for(1).size(), 1U);
    recognition_.takes = milliseconds{0};
    const auto long_speech = *PcmChunk::make({}, speech().format(), [] {
        std::vector<std::int16_t> samples;
        while (samples.size() < std::size_t{10} * speech().samples().size()) {
            const auto& more = speech().samples();
            samples.insert(samples.end(), more.begin(), more.end());
        }
        return samples;
    }());
    Outcomes outcomes;
    const auto second =
        *pipeline_->open({.stream_id = "b", .source_language = "EN"}, outcomes.sink());

    second->request({.number = 0, .audio = long_speech}, in(seconds{25}));

    const auto all = outcomes.wait_for(1);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(recognition_.calls, 2) << all[0].detail;
}

TEST_F(PipelineTest, AStageHasItsOwnLimit) {
    translation_takes_ = seconds{60};
    start({.workers = 1, .stage_limits = {.translate = milliseconds{150}}});
    Outcomes outcomes;
    const auto session = open(outcomes);

    session->request({.number = 0, .audio = speech()}, in(seconds{30}));

    const auto all = outcomes.wait_for(1);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].fallback, FallbackReason::kTimeout);
    EXPECT_EQ(all[0].detail, "translate: no result in 150 ms");
    ASSERT_TRUE(all[0].failure.has_value());
    EXPECT_EQ(all[0].failure->stage, FailureStage::kTranslation);
    EXPECT_EQ(all[0].failure->code, "TIMEOUT");
    EXPECT_TRUE(all[0].failure->is_retryable);
    EXPECT_EQ(all[0].transcript.size(), 1U);  // known by then, good for captions
}

TEST_F(PipelineTest, EnginesThatDoNotKeepUpAreGivenLessInTheStatedOrder) {
    std::atomic<LoadLevel> level = LoadLevel::kKeepsUp;
    start({.workers = 1, .load_period = milliseconds{2'000}, .on_load = [&](const LoadChange& to) {
               level = to.level;
           }});
    Outcomes outcomes;
    const auto session = open(outcomes);
    std::uint64_t number = 0;
    // Asks for some that nobody can dub in time and some that have time, again and again, until
    // `is_enough` of what became of one. The worker is idle for half of the time.
    const auto ask_until = [&](int late, int in_time, const auto& is_enough) {
        const auto give_up = in(seconds{60});
        while (steady_clock::now() < give_up) {
            const auto before = static_cast<std::ptrdiff_t>(number);
            const auto begin = steady_clock::now();
            for (int n = 0; n < late + in_time; ++n) {
                session->request({.number = number++, .audio = speech()},
                                 n < late ? begin : in(seconds{50}));
            }
            const auto all = outcomes.wait_for(number);
            const auto found = std::find_if(all.begin() + before, all.end(), is_enough);
            if (found != all.end()) {
                return *found;
            }
            std::this_thread::sleep_for(steady_clock::now() - begin);
        }
        return DubOutcome{.detail = "never"};
    };

    const auto skipped = ask_until(
        8, 2, [](const DubOutcome& outcome) { return outcome.detail.starts_with("skipped"); });
    EXPECT_EQ(skipped.fallback, FallbackReason::kDeadline);
    EXPECT_EQ(skipped.detail, "skipped: the engines do not keep up with all streams");
    ASSERT_TRUE(skipped.failure);
    EXPECT_EQ(skipped.failure->code, "TIMEOUT");
    EXPECT_TRUE(skipped.failure->is_load_shed);

    const auto written = ask_until(8, 2, [](const DubOutcome& outcome) {
        return outcome.detail.starts_with("captions only");
    });
    EXPECT_EQ(written.fallback, FallbackReason::kDeadline);
    EXPECT_EQ(written.detail, "captions only: the engines do not keep up with all streams");
    ASSERT_TRUE(written.failure);
    EXPECT_TRUE(written.failure->is_load_shed);
    EXPECT_EQ(written.transcript.size(), 1U);
    EXPECT_EQ(written.translation.size(), 1U);
    EXPECT_EQ(level, LoadLevel::kCaptionsOnly);

    const auto dubbed = ask_until(0, 4, [&](const DubOutcome& outcome) {
        return level == LoadLevel::kKeepsUp && outcome.dub.has_value();
    });
    EXPECT_TRUE(dubbed.dub.has_value()) << dubbed.detail;
}

TEST_F(PipelineTest, AFailedStageIsNamed) {
    synthesis_.natural = seconds{9};
    start();
    Outcomes outcomes;
    const auto session = open(outcomes);

    session->request({.number = 0, .audio = speech()}, in(seconds{30}));

    const auto all = outcomes.wait_for(1);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].fallback, FallbackReason::kFailed);
    EXPECT_TRUE(all[0].detail.starts_with("synthesise: DURATION_MISMATCH_EXCEEDED"))
        << all[0].detail;
    ASSERT_TRUE(all[0].failure.has_value());
    EXPECT_EQ(all[0].failure->stage, FailureStage::kTts);
    EXPECT_EQ(all[0].failure->code, "DURATION_MISMATCH_EXCEEDED");
    EXPECT_FALSE(all[0].failure->is_retryable);
}

TEST_F(PipelineTest, WhatIsTrimmedByPolicyIsDubbedAndNamed) {
    synthesis_.natural = seconds{5};
    start({.workers = 1, .fit_limits = {.beyond = OverrunPolicy::kTrim}});
    Outcomes outcomes;
    const auto session = open(outcomes);

    session->request({.number = 0, .audio = speech()}, in(seconds{30}));

    const auto all = outcomes.wait_for(1);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_TRUE(all[0].dub.has_value());
    EXPECT_TRUE(all[0].is_partial);
    EXPECT_NEAR(all[0].overrun, 0.25, 0.02);
    EXPECT_GT(all[0].speech, milliseconds{500});
    ASSERT_TRUE(all[0].failure.has_value());
    EXPECT_EQ(all[0].failure->code, "DURATION_MISMATCH_EXCEEDED");
}

TEST(StageFailure, IsNamedAsTheOutsideKnowsIt) {
    struct Row {
        Stage stage;
        ErrorCode error;
        std::string code;
    };
    for (const auto& row : std::vector<Row>{
             {Stage::kRecognise, ErrorCode::kInternal, "ASR_FAILED"},
             {Stage::kRecognise, ErrorCode::kTimeout, "TIMEOUT"},
             {Stage::kRecognise, ErrorCode::kExhausted, "GPU_OOM"},
             {Stage::kRecognise, ErrorCode::kUnavailable, "MODEL_ERROR"},
             {Stage::kTranslate, ErrorCode::kInternal, "TRANSLATION_FAILED"},
             {Stage::kTranslate, ErrorCode::kUnavailable, "TRANSLATION_API_UNAVAILABLE"},
             {Stage::kTranslate, ErrorCode::kExhausted, "RATE_LIMIT_EXCEEDED"},
             {Stage::kTranslate, ErrorCode::kTimeout, "TIMEOUT"},
             {Stage::kSynthesise, ErrorCode::kInternal, "TTS_SYNTHESIS_FAILED"},
             {Stage::kSynthesise, ErrorCode::kExhausted, "GPU_OOM"},
             {Stage::kSynthesise, ErrorCode::kUnavailable, "MODEL_ERROR"},
         }) {
        const auto failure = make_failure(row.stage, Error{row.error, "why"});
        EXPECT_EQ(failure.code, row.code);
        EXPECT_EQ(failure.stage, failure_stage(row.stage));
    }
}

TEST(Failures, AServiceThatWantsToBeAskedLessIsNoWantOfMemory) {
    for (const auto stage : {Stage::kRecognise, Stage::kSynthesise}) {
        const auto failure =
            make_failure(stage, Error{ErrorCode::kExhausted, "RATE_LIMIT_EXCEEDED: asr: HTTP 429"});
        EXPECT_EQ(failure.code, "RATE_LIMIT_EXCEEDED");
        EXPECT_TRUE(failure.is_retryable);
    }
}

TEST_F(PipelineTest, TooManyWaitingFragmentsAreRefused) {
    recognition_.takes = seconds{60};
    start({.workers = 1, .max_pending = 3});
    Outcomes outcomes;
    const auto session = open(outcomes);

    session->request({.number = 0, .audio = speech()}, in(seconds{60}));
    while (recognition_.running == 0) {
        std::this_thread::yield();
    }
    for (std::uint64_t n = 1; n < 6; ++n) {
        session->request({.number = n, .audio = speech()}, in(seconds{60}));
    }

    const auto all = outcomes.wait_for(2);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].fallback, FallbackReason::kInflightLimit);
    EXPECT_EQ(all[0].fragment, 4U);
    EXPECT_EQ(all[1].fragment, 5U);
}

TEST_F(PipelineTest, ClosingAbandonsWithoutACallback) {
    recognition_.takes = seconds{60};
    start({.workers = 1});
    Outcomes outcomes;
    auto session = open(outcomes);
    for (std::uint64_t n = 0; n < 4; ++n) {
        session->request({.number = n, .audio = speech()}, in(seconds{60}));
    }
    while (recognition_.running == 0) {
        std::this_thread::yield();
    }
    const auto begin = steady_clock::now();

    session.reset();

    EXPECT_LT(steady_clock::now() - begin, seconds{20});
    pipeline_.reset();
    EXPECT_TRUE(outcomes.wait_for(0).empty());
}

TEST_F(PipelineTest, AStuckEngineDoesNotHoldUpClosing) {
    recognition_.takes = seconds{4};
    recognition_.heeds_stop = false;
    start({.workers = 1});
    Outcomes outcomes;
    auto session = open(outcomes);
    session->request({.number = 0, .audio = speech()}, in(seconds{60}));
    while (recognition_.running == 0) {
        std::this_thread::yield();
    }
    const auto begin = steady_clock::now();

    session.reset();

    EXPECT_LT(steady_clock::now() - begin, seconds{3});
}

TEST_F(PipelineTest, ASessionMayBeClosedFromItsOwnCallback) {
    start();
    std::unique_ptr<DubSession> session;
    std::atomic<bool> is_closed{false};
    session = *pipeline_->open({.stream_id = "a"}, [&](const DubOutcome& /*outcome*/) {
        session.reset();
        is_closed = true;
    });

    session->request({.number = 0, .audio = speech()}, in(seconds{50}));

    const auto until = in(seconds{55});
    while (!is_closed && steady_clock::now() < until) {
        std::this_thread::yield();
    }
    EXPECT_TRUE(is_closed);
}

TEST_F(PipelineTest, RefusesWhatTheEnginesCannot) {
    start({.workers = 1, .max_streams = 1});
    Outcomes outcomes;

    const auto source =
        pipeline_->open({.stream_id = "b", .source_language = "de"}, outcomes.sink());
    ASSERT_FALSE(source.has_value());
    EXPECT_EQ(source.error().message(), "source language \"de\": not one that fake-asr recognises");
    EXPECT_FALSE(
        pipeline_->open({.stream_id = "b", .target_language = "xx"}, outcomes.sink()).has_value());

    const auto first = open(outcomes);
    const auto second = pipeline_->open({.stream_id = "b"}, outcomes.sink());
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code(), ErrorCode::kExhausted);
}

TEST_F(PipelineTest, WithoutATranslatorOnlyOneLanguage) {
    Engines engines{.recogniser = std::make_unique<FakeTranscriptionModel>(recognition_),
                    .translator = nullptr,
                    .synthesizer = std::make_unique<FakeSynthesizer>(synthesis_)};
    pipeline_.emplace(std::move(engines), PipelineConfig{.workers = 1});
    Outcomes outcomes;

    EXPECT_FALSE(
        pipeline_->open({.stream_id = "b", .target_language = "es"}, outcomes.sink()).has_value());
    EXPECT_TRUE(pipeline_->open({.stream_id = "b", .target_language = "en-GB"}, outcomes.sink())
                    .has_value());
}

TEST_F(PipelineTest, ManyShortLivesLeaveNothingBehind) {
    recognition_.takes = milliseconds{1};
    start({.workers = 2});
    for (int life = 0; life < 60; ++life) {
        Outcomes outcomes;
        const auto session = open(outcomes);
        session->request({.number = 0, .audio = speech()}, in(milliseconds{life % 3}));
        session->request({.number = 1, .audio = silence()}, in(seconds{1}));
    }
}

}  // namespace
}  // namespace livedub::speech
