// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Real models, where LIVEDUB_MODELS names a folder of them: how well they hear and what that costs
// is measured and reported; held only to what any of them can do.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "component/speech_signals.hpp"
#include "component/whisper_files.hpp"
#include "engines/whisper/whisper_model.hpp"

namespace livedub::whisper {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

const std::vector<std::string> kSentences{
    "The home team takes the lead in the last minute and the whole stadium is on its feet.",
    "He passes the ball to the left and the goalkeeper comes out to meet it.",
    "The people of this country want to work and they will find the way.",
};

constexpr const char* kInauguralAddress =
    "And so my fellow Americans ask not what your country can do for you ask what you can do for "
    "your country";

std::vector<fs::path> real_models() {
    std::vector<fs::path> found;
    const char* const folder = std::getenv("LIVEDUB_MODELS");
    std::error_code error;
    for (const auto& place : {fs::path{folder == nullptr ? "" : folder} / "whisper",
                              fs::path{folder == nullptr ? "" : folder}}) {
        for (fs::directory_iterator at{place, error}, end; folder != nullptr && !error && at != end;
             at.increment(error)) {
            const auto name = at->path().filename().string();
            if (name.starts_with("ggml-") && name.ends_with(".bin") &&
                !name.starts_with("ggml-silero")) {
                found.push_back(at->path());
            }
        }
        error.clear();
    }
    std::ranges::sort(found);
    return found;
}

/// What came of several pieces of speech.
struct Score {
    std::size_t errors = 0;
    std::size_t words = 0;
    std::chrono::duration<double> took{};
    std::chrono::duration<double> length{};

    void hear(speech::TranscriptionSession& session, const std::vector<std::int16_t>& samples,
              const std::string& said) {
        const auto sound = *PcmChunk::make({}, speech::kRecognitionFormat, samples);
        const auto begin = std::chrono::steady_clock::now();
        const auto heard = session.transcribe(sound, {});
        took += std::chrono::steady_clock::now() - begin;
        length += sound.duration();
        ASSERT_TRUE(heard) << heard.error().message();
        const auto expected = plain_words(said);
        errors += edit_distance(expected, plain_words(text_of(*heard)));
        words += expected.size();
    }
    [[nodiscard]] double error_rate() const {
        return 100.0 * static_cast<double>(errors) /
               static_cast<double>(std::max<std::size_t>(words, 1));
    }
};

TEST(WhisperReal, HearsSpeechAndNothingInNoise) {
    if (std::string{LIVEDUB_WHISPER_WORKER}.empty()) {
        GTEST_SKIP() << "whisper is not in this build: it needs libwhisper-dev (Debian 14)";
    }
    const auto files = real_models();
    if (files.empty()) {
        GTEST_SKIP() << "LIVEDUB_MODELS names no folder with a ggml-<size>.bin";
    }
    const char* const shared = std::getenv("LIVEDUB_SHARED_FIXTURES");
    const auto address =
        read_wav(fs::path{shared != nullptr ? shared : LIVEDUB_SOURCE_DIR "/../shared/fixtures"} /
                 "jfk.wav");
    for (const auto& file : files) {
        SCOPED_TRACE(file.string());
        auto model =
            load_whisper({.model = {.size = "", .file = file, .folders = {}},
                          .worker_program = LIVEDUB_WHISPER_WORKER,
                          .threads = recognition_threads(std::thread::hardware_concurrency())});
        ASSERT_TRUE(model) << model.error().message();
        const auto session = *(*model)->open_session({});
        Score score;
        for (const auto& sentence : kSentences) {
            score.hear(*session, spoken_by_flite(sentence), sentence);
        }
        if (!address.empty()) {
            score.hear(*session, address, kInauguralAddress);
        }
        const auto factor = score.took / score.length;
        std::cout << fmt::format("{}: word error rate {:.1f} %, real-time factor {:.2f}, beam {}\n",
                                 (*model)->name(), score.error_rate(), factor,
                                 (*model)->expected_cost().beam_size);
        RecordProperty(fmt::format("word_error_rate {}", (*model)->name()),
                       std::to_string(score.error_rate()));
        EXPECT_LT(score.error_rate(), 40.0);
        for (const int colour : {0, 1, 2}) {
            const auto noise = *PcmChunk::make({}, speech::kRecognitionFormat,
                                               coloured_noise(4s, -30.0, colour, 1));
            EXPECT_EQ(text_of(*session->transcribe(noise, {})), "");
        }
    }
}

}  // namespace
}  // namespace livedub::whisper
