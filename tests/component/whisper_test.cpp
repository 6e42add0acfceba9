// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The real library on models that we make ourselves (tests/support/whisper_model.py).

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iostream>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "component/whisper_files.hpp"
#include "engines/whisper/whisper_model.hpp"

namespace livedub::whisper {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Whisper : public testing::Test {
  protected:
    void SetUp() override {
        if (std::string{LIVEDUB_WHISPER_WORKER}.empty()) {
            GTEST_SKIP() << "whisper is not in this build: it needs libwhisper-dev (Debian 14)";
        }
    }

    static WhisperOptions options(const std::filesystem::path& file, int threads = 1) {
        return {.model = {.size = "base", .file = file, .folders = {}},
                .worker_program = LIVEDUB_WHISPER_WORKER,
                .threads = threads};
    }
    static std::unique_ptr<WhisperModel> load(const std::filesystem::path& file, int threads = 1) {
        auto loaded = load_whisper(options(file, threads));
        EXPECT_TRUE(loaded) << loaded.error().message();
        return loaded ? std::move(*loaded) : nullptr;
    }
    static std::unique_ptr<speech::TranscriptionSession> open(const WhisperModel& model,
                                                              const std::string& language) {
        return std::move(*model.open_session({.language = language, .domain_hints = {"sports"}}));
    }
};

TEST_F(Whisper, LoadsAndSaysWhatItIs) {
    const auto model = load(models().model("base"));
    ASSERT_NE(model, nullptr);
    EXPECT_EQ(model->name(), "whisper-base");
    EXPECT_FALSE(model->version().empty());
    EXPECT_TRUE(model->supports("es"));
    EXPECT_TRUE(model->supports("auto"));
    EXPECT_GT(model->expected_cost().total_ms(), 0.0);
    const auto english = load(models().model("base.en", "--english"));
    ASSERT_NE(english, nullptr);
    EXPECT_EQ(english->name(), "whisper-base.en");
    EXPECT_TRUE(english->supports("en-GB"));
    EXPECT_FALSE(english->supports("es"));
    EXPECT_FALSE(english->supports("auto"));
}

TEST_F(Whisper, GivesWordsWithTheirTimes) {
    for (const auto* language : {"en", "auto"}) {
        const auto model = load(models().model("base"));
        ASSERT_NE(model, nullptr);
        const auto session = open(*model, language);
        const StreamTime start{60s};
        const auto words = session->transcribe(some_sound(2s, start), {});
        ASSERT_TRUE(words) << words.error().message();
        EXPECT_EQ(text_of(*words), "Good evening, España.");
        for (std::size_t i = 0; i < words->size(); ++i) {
            EXPECT_GE((*words)[i].start, i == 0 ? start : (*words)[i - 1].end);
            EXPECT_LE((*words)[i].end, start + 2s);
        }
    }
}

TEST_F(Whisper, AModelForEnglishAloneWorksToo) {
    const auto model = load(models().model("base.en", "--english"));
    ASSERT_NE(model, nullptr);
    const auto session = open(*model, "en");
    EXPECT_EQ(text_of(*session->transcribe(some_sound(2s), {})), "Good evening, España.");
}

TEST_F(Whisper, TakesEveryLengthThatItPromises) {
    const auto model = load(models().model("base"));
    ASSERT_NE(model, nullptr);
    for (const auto length : {100ms, 500ms, 6'000ms, 29'900ms, 30'000ms, 60'000ms}) {
        const auto session = open(*model, "en");
        const auto words = session->transcribe(some_sound(length), {});
        EXPECT_TRUE(words) << length.count() << " ms: " << words.error().message();
    }
    const auto session = open(*model, "en");
    EXPECT_EQ(session->transcribe(some_sound(0s), {}).error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(Whisper, WhatGoesInCirclesAndWhatNobodySaidIsDropped) {
    const auto circles = load(models().model("loop", "--say loop"));
    ASSERT_NE(circles, nullptr);
    EXPECT_EQ(text_of(*open(*circles, "en")->transcribe(some_sound(6s), {})), "");
    const auto thanks = load(models().model("thanks", "--say thanks"));
    ASSERT_NE(thanks, nullptr);
    EXPECT_EQ(text_of(*open(*thanks, "en")->transcribe(some_sound(2s), {})), "");
}

TEST_F(Whisper, AbortsAtTheDeadline) {
    const auto model = load(models().model("slow", "--audio-layers 32"));
    ASSERT_NE(model, nullptr);
    const auto session = open(*model, "en");
    const auto whole = some_sound(30s);
    const auto begin = std::chrono::steady_clock::now();
    ASSERT_TRUE(session->transcribe(whole, {}));
    const auto takes = std::chrono::steady_clock::now() - begin;
    ASSERT_GT(takes, 200ms) << "too fast to be stopped";

    std::stop_source stop;
    const std::jthread stopper{[&] {
        std::this_thread::sleep_for(takes / 4);
        stop.request_stop();
    }};
    const auto stopped = session->transcribe(whole, stop.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), ErrorCode::kCancelled);
    EXPECT_TRUE(session->transcribe(some_sound(1s), {}));
}

TEST_F(Whisper, AWorkerThatIsKilledCostsOneFragment) {
    const auto model = load(models().model("slow", "--audio-layers 32"), 2);
    ASSERT_NE(model, nullptr);
    const auto session = open(*model, "en");
    const auto bystander = open(*model, "en");
    ASSERT_TRUE(session->transcribe(some_sound(1s), {}));
    const auto worker = model->pids().at(1);
    auto lost =
        std::async(std::launch::async, [&] { return session->transcribe(some_sound(30s), {}); });
    while (model->pids().size() > 1) {  // until the worker is lent
        std::this_thread::yield();
    }
    auto unharmed =
        std::async(std::launch::async, [&] { return bystander->transcribe(some_sound(2s), {}); });
    ASSERT_EQ(::kill(worker, SIGKILL), 0);
    const auto ended = lost.get();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(ended.error().message(), HasSubstr("signal 9"));
    EXPECT_TRUE(unharmed.get());
    EXPECT_TRUE(session->transcribe(some_sound(1s), {}));
}

TEST_F(Whisper, WeightsAreThereOnceForAllWorkers) {
    const auto model = load(models().model("base"), 2);
    ASSERT_NE(model, nullptr);
    const auto one = open(*model, "en");
    const auto other = open(*model, "en");
    auto first =
        std::async(std::launch::async, [&] { return one->transcribe(some_sound(6s), {}); });
    auto second =
        std::async(std::launch::async, [&] { return other->transcribe(some_sound(6s), {}); });
    EXPECT_TRUE(first.get());
    EXPECT_TRUE(second.get());
    EXPECT_LE(model->pids().size(), 3U);
}

TEST_F(Whisper, ItsVoiceGateLooksFirst) {
    (void)models().model("open/silero-v5.1.2", "--voice-gate speech");
    const auto speech = load(models().model("open/base"));
    ASSERT_NE(speech, nullptr);
    EXPECT_EQ(text_of(*open(*speech, "en")->transcribe(some_sound(2s), {})),
              "Good evening, España.");

    (void)models().model("shut/silero-v5.1.2", "--voice-gate silence");
    const auto silence = load(models().model("shut/base"));
    ASSERT_NE(silence, nullptr);
    EXPECT_EQ(text_of(*open(*silence, "en")->transcribe(some_sound(2s), {})), "");
}

TEST_F(Whisper, FilesThatOnlyLookRightAreRefusedWithoutHarm) {
    const auto whole = models().model("base");
    std::ifstream in{whole, std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    // The name of a tensor, which only the library knows.
    const auto at = bytes.find("encoder.ln_post.weight");
    ASSERT_NE(at, std::string::npos);
    bytes.replace(at, 7, "another");
    const auto file = models().path() / "ggml-odd.bin";
    std::ofstream{file, std::ios::binary} << bytes;
    const auto refused = load_whisper(options(file));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(refused.error().message(), HasSubstr("ggml-odd.bin"));
}

}  // namespace
}  // namespace livedub::whisper
