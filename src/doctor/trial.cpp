// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/trial.hpp"

#include <utility>
#include <vector>

#include "doctor/process_family.hpp"
#include "speech/samples.hpp"

namespace livedub::doctor {
namespace {

template <typename T>
Result<void> without_value(Result<T> result) {
    if (!result) {
        return tl::unexpected{std::move(result).error()};
    }
    return {};
}

}  // namespace

Result<Cost> time_runs(const std::function<Result<void>()>& work) {
    using Steady = std::chrono::steady_clock;
    if (auto warm = work(); !warm) {
        return tl::unexpected{std::move(warm).error()};
    }
    const ProcessFamily family;  // now that every child has been started
    std::vector<TimedRun> runs;
    for (int i = 0; i < kRuns; ++i) {
        const auto cpu = family.cpu_time();
        const auto begin = Steady::now();
        if (auto done = work(); !done) {
            return tl::unexpected{std::move(done).error()};
        }
        runs.push_back(
            {.wall = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - begin),
             .cpu = family.cpu_time() - cpu});
    }
    return cost_of(runs, kSampleLength);
}

Result<PcmChunk> speak_sample(speech::Synthesizer& synthesizer, const std::string& language) {
    auto spoken =
        synthesizer.synthesise({.text = std::string{kSampleText}, .language = language}, {});
    if (!spoken) {
        return spoken;
    }
    auto converted = speech::to_recognition_format(*spoken);
    if (!converted) {
        return converted;
    }
    auto samples = converted->samples();
    samples.resize(static_cast<std::size_t>(speech::kRecognitionFormat.sample_rate_hz *
                                            kSampleLength / std::chrono::seconds{1}));
    return PcmChunk::make(StreamTime{}, speech::kRecognitionFormat, std::move(samples));
}

Result<Cost> try_recogniser(speech::TranscriptionSession& session, const PcmChunk& sample) {
    return time_runs([&] { return without_value(session.transcribe(sample, {})); });
}

Result<Cost> try_translator(speech::Translator& translator, const speech::LanguagePair& pair) {
    return time_runs([&] {
        return without_value(
            translator.translate({.text = std::string{kSampleText}, .pair = pair}, {}));
    });
}

Result<Cost> try_synthesizer(speech::Synthesizer& synthesizer,
                             const speech::SynthesisRequest& request) {
    return time_runs([&] {
        return without_value(speech::speak_within(synthesizer, request, kSampleLength, {}, {}));
    });
}

}  // namespace livedub::doctor
