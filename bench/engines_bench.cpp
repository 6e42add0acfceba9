// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the packaged engines cost: recognition and synthesis as a share of real time (`rtf`, CPU
// seconds for a second of sound), translation per sentence. Recognition is tried with speech, which
// espeak-ng says here and now, and with noise, the dearest thing to recognise.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "engines/apertium/apertium_translator.hpp"
#include "engines/espeak/espeak_synthesizer.hpp"
#include "engines/pocketsphinx/pocketsphinx_model.hpp"

namespace livedub {
namespace {

constexpr std::size_t kSixSeconds = 6 * 16'000;

/// The value, or the end of the program with the reason.
template <typename T>
T must(Result<T> result) {
    if (!result) {
        std::cerr << "engines_bench: " << result.error().message() << '\n';
        std::exit(1);
    }
    return std::move(*result);
}

double seconds(const PcmChunk& chunk) {
    return std::chrono::duration<double>(chunk.duration()).count();
}

/// Counts `seconds` of sound per iteration and shows CPU time as a share of it.
void report_rtf(benchmark::State& state, double seconds) {
    state.counters["rtf"] =
        benchmark::Counter(seconds * static_cast<double>(state.iterations()),
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

/// Six seconds of English, brought from the synthesizer's rate to 16 kHz by the nearest sample:
/// good enough to keep a recogniser as busy as speech does.
PcmChunk speech() {
    auto synthesizer = must(espeak::make_espeak_synthesizer());
    const auto spoken = must(synthesizer->synthesise(
        {.text = "The quarterback throws a long pass to the end zone, and it is third down with "
                 "seven yards to go.",
         .language = "en"},
        {}));
    const auto& source = spoken.samples();
    std::vector<std::int16_t> samples(kSixSeconds);
    const auto rate = static_cast<std::size_t>(spoken.format().sample_rate_hz);
    for (std::size_t at = 0; at < samples.size(); ++at) {
        samples[at] = source[(at * rate / 16'000) % source.size()];
    }
    return must(PcmChunk::make({}, speech::kRecognitionFormat, std::move(samples)));
}

PcmChunk noise() {
    std::mt19937 random{1};
    std::normal_distribution<double> normal{0, 1600};
    std::vector<std::int16_t> samples(kSixSeconds);
    for (auto& sample : samples) {
        sample = static_cast<std::int16_t>(normal(random));
    }
    return must(PcmChunk::make({}, speech::kRecognitionFormat, std::move(samples)));
}

void recognise(benchmark::State& state, const PcmChunk& sound) {
    const auto model = must(pocketsphinx::load_pocketsphinx());
    const auto session = must(model->open_session({}));
    for (auto _ : state) {
        benchmark::DoNotOptimize(must(session->transcribe(sound, {})));
    }
    report_rtf(state, seconds(sound));
}

void load_recogniser(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(must(pocketsphinx::load_pocketsphinx()));
    }
}

void translate(benchmark::State& state) {
    const speech::LanguagePair pair{.source = "en", .target = "es"};
    const auto translator = apertium::make_apertium_translator();
    if (auto prepared = translator->prepare(pair); !prepared) {
        state.SkipWithError(prepared.error().message().c_str());
        return;
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(must(translator->translate(
            {.text = "The quarterback throws a long pass to the end zone.", .pair = pair}, {})));
    }
}

void synthesise(benchmark::State& state) {
    const auto synthesizer = must(espeak::make_espeak_synthesizer());
    double spoken = 0;
    for (auto _ : state) {
        spoken = seconds(must(synthesizer->synthesise(
            {.text = "El equipo visitante gana el partido con un gol en el último minuto.",
             .language = "es"},
            {})));
    }
    report_rtf(state, spoken);
}

BENCHMARK_CAPTURE(recognise, speech, speech())->Unit(benchmark::kMillisecond)->MinTime(3);
BENCHMARK_CAPTURE(recognise, noise, noise())->Unit(benchmark::kMillisecond)->MinTime(3);
BENCHMARK(load_recogniser)->Unit(benchmark::kMillisecond);
// The work is done in other processes: only the wall clock sees it.
BENCHMARK(translate)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(synthesise)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace livedub

BENCHMARK_MAIN();
