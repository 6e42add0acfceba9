// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Engines for tests of what is around engines: they say what they were told to say, as slowly as
// they were told, and keep (or break) the promise to stop. No product code includes this.

#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <numbers>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "speech/synthesizer.hpp"
#include "speech/transcriber.hpp"
#include "speech/translator.hpp"

namespace livedub::speech {

/// Waits for `time`; false if `stop` fired first.
inline bool work_for(std::chrono::milliseconds time, const std::stop_token& stop) {
    Mutex mutex;
    std::condition_variable_any never;
    const MutexLock lock{mutex};
    (void)never.wait_for(mutex, stop, time, [] { return false; });
    return !stop.stop_requested();
}

/// What the tests set and see; shared by all sessions of a model.
struct FakeRecognition {
    std::vector<std::string> words{"the", "home", "team", "wins", "again"};
    std::chrono::milliseconds takes{0};
    bool heeds_stop = true;
    std::atomic<int> calls{0};
    std::atomic<int> running{0};
    std::atomic<int> most_at_once{0};
    std::function<void(const PcmChunk&)> on_call{};
};

class FakeTranscriptionSession final : public TranscriptionSession {
  public:
    explicit FakeTranscriptionSession(FakeRecognition& script) : script_{script} {}

    Result<std::vector<Phrase>> transcribe(const PcmChunk& speech,
                                           const std::stop_token& stop) override {
        ++script_.calls;
        const int now = ++script_.running;
        int most = script_.most_at_once.load();
        while (now > most && !script_.most_at_once.compare_exchange_weak(most, now)) {
        }
        if (script_.on_call) {
            script_.on_call(speech);
        }
        const bool finished =
            work_for(script_.takes, script_.heeds_stop ? stop : std::stop_token{});
        --script_.running;
        if (!finished) {
            return fail(ErrorCode::kCancelled, "stopped");
        }
        std::vector<Phrase> words;
        const auto step = speech.duration() /
                          static_cast<std::int64_t>(std::max<std::size_t>(script_.words.size(), 1));
        auto at = speech.start();
        for (const auto& word : script_.words) {
            words.push_back({.text = word, .start = at, .end = at + step});
            at += step;
        }
        return words;
    }

  private:
    FakeRecognition& script_;
};

class FakeTranscriptionModel final : public TranscriptionModel {
  public:
    explicit FakeTranscriptionModel(FakeRecognition& script) : script_{script} {}

    [[nodiscard]] std::string_view name() const noexcept override { return "fake-asr"; }
    [[nodiscard]] bool supports(std::string_view language) const override {
        return language == "en";
    }
    [[nodiscard]] Result<std::unique_ptr<TranscriptionSession>> open_session(
        const TranscriptionOptions& /*options*/) const override {
        return std::make_unique<FakeTranscriptionSession>(script_);
    }

  private:
    FakeRecognition& script_;
};

/// Puts "es:" before the text.
class FakeTranslator final : public Translator {
  public:
    /// @param asked What it is asked is added to it, by one thread at a time; null: forgotten.
    explicit FakeTranslator(std::chrono::milliseconds takes = {},
                            std::vector<TranslationRequest>* asked = nullptr)
        : takes_{takes}, asked_{asked} {}

    [[nodiscard]] std::string_view name() const noexcept override { return "fake-mt"; }
    [[nodiscard]] Result<void> prepare(const LanguagePair& pair) override {
        if (pair != LanguagePair{.source = "en", .target = "es"}) {
            return fail(ErrorCode::kInvalidArgument, "no pair " + pair.source + "-" + pair.target);
        }
        return {};
    }
    Result<std::string> translate(const TranslationRequest& request,
                                  const std::stop_token& stop) override {
        if (!work_for(takes_, stop)) {
            return fail(ErrorCode::kCancelled, "stopped");
        }
        if (asked_ != nullptr) {
            const MutexLock lock{mutex_};
            asked_->push_back(request);
        }
        return "es:" + request.text;
    }

  private:
    const std::chrono::milliseconds takes_;
    Mutex mutex_;
    std::vector<TranslationRequest>* const asked_;  // outlives this; what is in it: mutex_
};

/// Hums for as long as it was told, at the speed it is asked for up to its own limit.
class FakeSynthesizer final : public Synthesizer {
  public:
    struct Script {
        std::chrono::milliseconds natural{1'000};
        double fastest = 10.0;
        float level = 0.2F;
        int most_tries = 9;
        /// What it says when it is asked again; nullopt: it speaks.
        std::optional<ErrorCode> then_fails{};
        bool ends_at_longest = false;  // as an engine may
        int calls = 0;
        double last_speed = 0.0;
        std::string last_text{};
        std::vector<double> longest{};  // seconds of each that was asked for; 0: no limit
    };

    explicit FakeSynthesizer(Script& script) : script_{script} {}

    [[nodiscard]] std::string_view name() const noexcept override { return "fake-tts"; }
    [[nodiscard]] int most_tries() const noexcept override { return script_.most_tries; }
    [[nodiscard]] Result<void> prepare(std::string_view language,
                                       std::string_view /*voice*/) override {
        if (language == "xx") {
            return fail(ErrorCode::kInvalidArgument, "no voice for xx");
        }
        return {};
    }
    Result<PcmChunk> synthesise(const SynthesisRequest& request,
                                const std::stop_token& stop) override {
        if (stop.stop_requested()) {
            return fail(ErrorCode::kCancelled, "stopped");
        }
        const MutexLock lock{mutex_};
        ++script_.calls;
        if (script_.then_fails && script_.calls > 1) {
            return fail(*script_.then_fails, "not again");
        }
        script_.last_speed = request.speed;
        script_.last_text = request.text;
        constexpr int kRate = 22'050;
        double seconds = std::chrono::duration<double>{script_.natural}.count() /
                         std::min(request.speed, script_.fastest);
        const double longest = std::chrono::duration<double>{request.longest}.count();
        script_.longest.push_back(longest);
        if (script_.ends_at_longest && longest > 0) {
            seconds = std::min(seconds, longest + 0.1);
        }
        const auto frames = static_cast<std::size_t>(seconds * kRate);
        std::vector<std::int16_t> samples(frames);
        for (std::size_t i = 0; i < frames; ++i) {
            const double phase = 2.0 * std::numbers::pi * 200.0 * static_cast<double>(i) / kRate;
            samples[i] = static_cast<std::int16_t>(32767.0F * script_.level *
                                                   static_cast<float>(std::sin(phase)));
        }
        return PcmChunk::make({}, {.sample_rate_hz = kRate, .channels = 1}, std::move(samples));
    }

  private:
    Mutex mutex_;
    Script& script_;
};

}  // namespace livedub::speech
