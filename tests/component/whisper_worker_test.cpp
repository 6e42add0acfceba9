// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Recognition with a worker program that does what it is told, so also all that must not happen: it
// costs the fragment, and nothing else.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <fstream>
#include <future>
#include <map>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "component/whisper_files.hpp"
#include "engines/whisper/whisper_model.hpp"
#include "speech/fake_engines.hpp"
#include "speech/pipeline.hpp"
#include "speech/test_signals.hpp"

namespace livedub::whisper {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using SessionPtr = std::unique_ptr<speech::TranscriptionSession>;

WhisperOptions fake_options(int threads = 2) {
    return {.model = {.size = "base", .file = models().model("fake"), .folders = {}},
            .worker_program = LIVEDUB_FAKE_WHISPER,
            .threads = threads};
}

std::unique_ptr<WhisperModel> load(const WhisperOptions& options = fake_options()) {
    auto loaded = load_whisper(options);
    EXPECT_TRUE(loaded) << loaded.error().message();
    return loaded ? std::move(*loaded) : nullptr;
}

SessionPtr open(const WhisperModel& model, const std::string& language,
                std::vector<std::string> hints = {}) {
    auto session = model.open_session({.language = language, .domain_hints = std::move(hints)});
    EXPECT_TRUE(session) << session.error().message();
    return session ? std::move(*session) : nullptr;
}

/// An environment variable for the length of a test.
class Setting {
  public:
    Setting(const char* name, const char* value) : name_{name} { ::setenv(name, value, 1); }
    ~Setting() { ::unsetenv(name_); }
    Setting(const Setting&) = delete;
    Setting& operator=(const Setting&) = delete;

  private:
    const char* name_;
};

std::string heard(speech::TranscriptionSession& session, StreamDuration length = 6s) {
    const auto words = session.transcribe(some_sound(length), {});
    return words ? text_of(*words) : "ERROR " + words.error().message();
}

TEST(WhisperWorker, WordsLieOnTheTimelineOfTheSound) {
    const auto model = load();
    EXPECT_EQ(model->name(), "whisper-fake");
    EXPECT_EQ(model->version(), "0.0-fake");
    const auto session = open(*model, "en");
    const StreamTime start{100s};
    const auto words = *session->transcribe(some_sound(6s, start), {});
    ASSERT_EQ(words.size(), 3U);
    EXPECT_EQ(words[0].text, "good");
    EXPECT_EQ(words[0].start, start);
    EXPECT_EQ(words[0].end, start + 100ms);
}

TEST(WhisperWorker, LanguagesAreItsOwn) {
    const auto model = load();
    EXPECT_TRUE(model->supports("en-us"));
    EXPECT_TRUE(model->supports("es-419"));
    EXPECT_TRUE(model->supports("auto"));
    EXPECT_FALSE(model->supports("fi"));
    EXPECT_FALSE(model->open_session({.language = "fi"}));
}

TEST(WhisperWorker, SoundOfTheWrongKindOrLengthIsRefused) {
    const auto model = load();
    const auto session = open(*model, "en");
    for (const auto length : {StreamDuration{0}, StreamDuration{99ms}, StreamDuration{61s}}) {
        EXPECT_EQ(session->transcribe(some_sound(length), {}).error().code(),
                  ErrorCode::kInvalidArgument);
    }
    const auto stereo = *PcmChunk::make({}, {.sample_rate_hz = 16'000, .channels = 2},
                                        std::vector<std::int16_t>(32'000));
    EXPECT_EQ(session->transcribe(stereo, {}).error().code(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(heard(*session), HasSubstr("good evening"));
}

TEST(WhisperWorker, OneThatAbortsCostsOneFragment) {
    const auto model = load();
    const auto unlucky = open(*model, "crash");
    const auto lucky = open(*model, "en");
    const auto first = heard(*lucky);
    const auto lost = unlucky->transcribe(some_sound(6s), {});
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(lost.error().message(), HasSubstr("signal 6"));
    EXPECT_THAT(lost.error().message(), HasSubstr("some assertion failed"));
    EXPECT_THAT(heard(*lucky), HasSubstr("good evening"));
}

TEST(WhisperWorker, AStreamThatEndsThemAgainAndAgainIsLeftAloneForAWhile) {
    const auto model = load();
    const auto unlucky = open(*model, "crash");
    const auto lucky = open(*model, "en");
    const auto crashes_until = [&](std::string_view expected) {
        const auto until = std::chrono::steady_clock::now() + 30s;
        std::string last;
        while (last.find(expected) == std::string::npos &&
               std::chrono::steady_clock::now() < until) {
            last = heard(*unlucky);
        }
        return last;
    };
    EXPECT_THAT(crashes_until("ended again and again"), HasSubstr("for this stream"));
    EXPECT_THAT(heard(*lucky), HasSubstr("good evening")) << "it is the other stream's pause";
    EXPECT_THAT(crashes_until("signal 6"), HasSubstr("signal 6")) << "tried for once more";
}

/// Gone, or waiting for somebody to ask how it ended.
bool has_ended(pid_t pid) {
    std::ifstream status{"/proc/" + std::to_string(pid) + "/stat"};
    std::string line;
    std::getline(status, line);
    return line.empty() || line.find(") Z ") != std::string::npos;
}

void await_end(pid_t pid) {
    const auto until = std::chrono::steady_clock::now() + 30s;
    while (!has_ended(pid) && std::chrono::steady_clock::now() < until) {
        std::this_thread::yield();
    }
    EXPECT_TRUE(has_ended(pid));
}

TEST(WhisperWorker, OneThatIsKilledWhileIdleCostsNothing) {
    const auto model = load();
    const auto session = open(*model, "en");
    const auto before = heard(*session);
    const auto pids = model->pids();
    ASSERT_EQ(pids.size(), 2U);
    EXPECT_THAT(before, HasSubstr(std::to_string(pids[1])));
    ASSERT_EQ(::kill(pids[1], SIGKILL), 0);
    await_end(pids[1]);
    const auto after = heard(*session);
    EXPECT_THAT(after, HasSubstr("good evening"));
    EXPECT_NE(after, before);
}

TEST(WhisperWorker, TheProcessWithTheWeightsIsStartedAgain) {
    const auto model = load();
    const auto session = open(*model, "en");
    const auto first = model->pids().at(0);
    ASSERT_EQ(::kill(first, SIGKILL), 0);
    std::string after;
    const auto until = std::chrono::steady_clock::now() + 30s;
    // A worker that was ready may still answer before anybody notices.
    while (std::chrono::steady_clock::now() < until &&
           (model->pids().at(0) == first || after.find("good") == std::string::npos)) {
        after = heard(*session);
    }
    EXPECT_THAT(after, HasSubstr("good evening"));
    EXPECT_NE(model->pids().at(0), first);
}

TEST(WhisperWorker, OutOfMemoryIsSaidAndSurvived) {
    const auto model = load();
    const auto hungry = open(*model, "hungry");
    const auto lost = hungry->transcribe(some_sound(6s), {});
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code(), ErrorCode::kExhausted);
    const auto session = open(*model, "en");
    EXPECT_THAT(heard(*session), HasSubstr("good evening"));
}

/// Stops a transcription that would go on for ever, once it runs.
Result<std::vector<Phrase>> stopped(speech::TranscriptionSession& session) {
    std::stop_source stop;
    const std::jthread stopper{[&] {
        std::this_thread::sleep_for(20ms);  // it may or may not have begun: either is to end
        stop.request_stop();
    }};
    return session.transcribe(some_sound(6s), stop.get_token());
}

TEST(WhisperWorker, StopsWhenToldToAndIsUsedAgain) {
    const auto model = load(fake_options(1));
    const auto slow = open(*model, "slow");
    const auto session = open(*model, "en");
    const auto before = heard(*session);
    EXPECT_EQ(stopped(*slow).error().code(), ErrorCode::kCancelled);
    EXPECT_EQ(heard(*session), before) << "another worker: this one was killed";
}

TEST(WhisperWorker, OneThatDoesNotStopIsKilled) {
    const auto model = load(fake_options(1));
    const auto hanging = open(*model, "hang");
    const auto session = open(*model, "en");
    const auto before = heard(*session);
    EXPECT_EQ(stopped(*hanging).error().code(), ErrorCode::kCancelled);
    const auto after = heard(*session);
    EXPECT_THAT(after, HasSubstr("good evening"));
    EXPECT_NE(after, before);
}

TEST(WhisperWorker, AWaitForAWorkerEndsToo) {
    const auto model = load(fake_options(1));
    const auto slow = open(*model, "slow");
    const auto waiting = open(*model, "en");
    std::stop_source stop;
    auto busy = std::async(std::launch::async,
                           [&] { return slow->transcribe(some_sound(6s), stop.get_token()); });
    while (model->pids().size() > 1) {  // until the only worker is lent
        std::this_thread::yield();
    }
    EXPECT_EQ(stopped(*waiting).error().code(), ErrorCode::kCancelled);
    stop.request_stop();
    EXPECT_EQ(busy.get().error().code(), ErrorCode::kCancelled);
}

TEST(WhisperWorker, StreamsShareTheThreads) {
    const auto model = load(fake_options(4));
    const auto alone = open(*model, "threads");
    EXPECT_EQ(heard(*alone), "threads 4 window 448");
    const auto other = open(*model, "threads");
    EXPECT_THAT(heard(*alone), HasSubstr("threads 2"));
    std::vector<SessionPtr> more;
    for (int i = 0; i < 8; ++i) {
        more.push_back(open(*model, "threads"));
    }
    EXPECT_THAT(heard(*other), HasSubstr("threads 1"));
}

TEST(WhisperWorker, ShortSoundIsGivenAShortWindow) {
    const auto model = load();
    const auto session = open(*model, "threads");
    EXPECT_THAT(heard(*session, 1s), HasSubstr("window 192"));
    EXPECT_THAT(heard(*session, 40s), HasSubstr("window 0"));
}

TEST(WhisperWorker, IsToldWhatTheStreamIsAboutAndWhatWasSaid) {
    const auto model = load(fake_options(1));
    const auto session = open(*model, "prompt", {"news"});
    EXPECT_EQ(heard(*session), "News broadcast. call 1");
    EXPECT_EQ(heard(*session), "News broadcast. News broadcast. call 1 call 2");
}

TEST(WhisperWorker, WhatIsNotBelievedIsTriedAgainWarmer) {
    const auto model = load();
    const auto session = open(*model, "warm");
    EXPECT_EQ(heard(*session), "better with warmth");
}

TEST(WhisperWorker, PhantomsEchoesAndCirclesAreSilence) {
    const auto model = load();
    EXPECT_EQ(heard(*open(*model, "phantom")), "");
    EXPECT_EQ(heard(*open(*model, "circles")), "");
    EXPECT_EQ(heard(*open(*model, "mute")), "");
    const auto session = open(*model, "again");
    EXPECT_EQ(heard(*session), "the very same words again");
    EXPECT_EQ(heard(*session), "");
    EXPECT_EQ(heard(*session), "the very same words again") << "the prompt has gone with it";
}

TEST(WhisperWorker, TheBeamIsAsWideAsTheMachineIsFast) {
    EXPECT_EQ(load()->expected_cost().beam_size, 8);
    {
        const Setting slower{"FAKE_WHISPER_MS_PER_BEAM", "10"};
        const auto model = load();
        EXPECT_EQ(model->expected_cost().beam_size, 2);
        EXPECT_NEAR(model->expected_cost().total_ms(), 740.0, 1.0);
    }
    const Setting far_too_slow{"FAKE_WHISPER_MS_PER_BEAM", "500"};
    const auto model = load();
    EXPECT_EQ(model->expected_cost().beam_size, 1);
    EXPECT_GT(model->expected_cost().real_time_factor(), 2.0);
}

TEST(WhisperWorker, OneThatDoesNotStartIsAnErrorThatSaysWhy) {
    {
        const Setting aborts{"FAKE_WHISPER_FATE", "abort"};
        const auto lost = load_whisper(fake_options());
        ASSERT_FALSE(lost);
        EXPECT_EQ(lost.error().code(), ErrorCode::kUnavailable);
        EXPECT_THAT(lost.error().message(), HasSubstr("no usable backend"));
    }
    {
        const Setting refuses{"FAKE_WHISPER_FATE", "refuse"};
        EXPECT_THAT(load_whisper(fake_options()).error().message(),
                    HasSubstr("whisper does not load it"));
    }
    auto options = fake_options();
    options.worker_program = "/nowhere/livedub-whisper";
    EXPECT_THAT(load_whisper(options).error().message(), HasSubstr("/nowhere/livedub-whisper"));
}

TEST(WhisperWorker, NoProcessIsLeftBehind) {
    std::vector<pid_t> pids;
    {
        const auto model = load();
        const auto session = open(*model, "en");
        (void)heard(*session);
        pids = model->pids();
    }
    ASSERT_EQ(pids.size(), 2U);
    EXPECT_NE(::kill(pids[0], 0), 0) << "it was waited for";
    await_end(pids[1]);
}

/// Outcomes of several streams, by name.
class Outcomes {
  public:
    OnOutcome of(const std::string& stream) {
        return [this, stream](DubOutcome outcome) {
            {
                const MutexLock lock{mutex_};
                outcomes_[stream].push_back(std::move(outcome));
            }
            came_.notify_all();
        };
    }
    std::vector<DubOutcome> await(const std::string& stream, std::size_t count) {
        const MutexLock lock{mutex_};
        came_.wait_for(mutex_, 60s, [&]() LIVEDUB_REQUIRES(mutex_) {
            return outcomes_[stream].size() >= count;
        });
        return outcomes_[stream];
    }

  private:
    Mutex mutex_;
    std::map<std::string, std::vector<DubOutcome>> outcomes_ LIVEDUB_GUARDED_BY(mutex_);
    std::condition_variable_any came_;
};

TEST(WhisperWorker, TheOtherStreamsOfAPipelineDoNotNotice) {
    constexpr std::uint64_t kFragments = 5;
    speech::FakeSynthesizer::Script script;
    speech::Pipeline pipeline{
        {.recogniser = load(),
         .translator = nullptr,
         .synthesizer = std::make_unique<speech::FakeSynthesizer>(script)},
        {.workers = 2, .stage_limits = {.recognise = 60s, .translate = 60s, .synthesise = 60s}}};
    Outcomes outcomes;
    const PcmFormat format{.sample_rate_hz = 16'000, .channels = 1};
    const auto voice = speech::as_chunk(
        speech::at_level(speech::voice(6 * 16'000, 16'000, 120.0, 0.0), -20.0), format);
    std::map<std::string, std::unique_ptr<DubSession>> sessions;
    for (const std::string name : {"en", "crash"}) {
        auto session =
            pipeline.open({.stream_id = name, .source_language = name, .target_language = name},
                          outcomes.of(name));
        ASSERT_TRUE(session) << session.error().message();
        sessions[name] = std::move(*session);
    }
    for (std::uint64_t number = 0; number < kFragments; ++number) {
        for (auto& [name, session] : sessions) {
            session->request({.number = number, .audio = voice, .clip = nullptr},
                             std::chrono::steady_clock::now() + 60s);
        }
    }
    for (const auto& outcome : outcomes.await("crash", kFragments)) {
        EXPECT_EQ(outcome.fallback, FallbackReason::kFailed);
        ASSERT_TRUE(outcome.failure);
        EXPECT_EQ(outcome.failure->code, "MODEL_ERROR");
    }
    const auto unharmed = outcomes.await("en", kFragments);
    ASSERT_EQ(unharmed.size(), kFragments);
    EXPECT_TRUE(std::ranges::all_of(unharmed, [](const auto& it) { return it.dub.has_value(); }));
}

}  // namespace
}  // namespace livedub::whisper
