// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the audio of one stream costs: CPU seconds per second of sound for the AAC decoder and the
// encoder, stereo at 128 kb/s. Process CPU time, because the work is done on GStreamer's threads.
// "rtf" is that cost as a part of one core; times 100 it is the percentage that a live stream
// takes.

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/mutex.hpp"
#include "gst/aac_decoder.hpp"
#include "gst/aac_encoder.hpp"

namespace livedub::gst {
namespace {

constexpr int kSeconds = 20;
constexpr int kFrame = 1024;

std::vector<std::int16_t> music(int rate) {
    std::vector<std::int16_t> samples;
    samples.reserve(static_cast<std::size_t>(rate) * kSeconds * 2);
    unsigned noise = 1;
    for (int i = 0; i < rate * kSeconds; ++i) {
        const double t = static_cast<double>(i) / rate;
        noise = noise * 1'664'525U + 1'013'904'223U;
        const double hiss = static_cast<double>(noise >> 16U) / 65'536.0 - 0.5;
        const double tone = std::sin(2.0 * std::numbers::pi * (220.0 + 40.0 * std::sin(t)) * t);
        samples.push_back(static_cast<std::int16_t>(8'000.0 * tone + 3'000.0 * hiss));
        samples.push_back(static_cast<std::int16_t>(8'000.0 * tone - 3'000.0 * hiss));
    }
    return samples;
}

struct Encoded {
    Bytes config;
    std::vector<SharedBytes> frames;
};

/// At the pace of the encoder: its queue holds 2 s and refuses the rest.
Encoded encode(int rate, const std::vector<std::int16_t>& samples, AacEncoderChoice choice) {
    Encoded encoded;
    auto encoder = AacEncoder::start(
        {.sample_rate_hz = rate, .channels = 2}, 128'000,
        [&](AacFrame frame) { encoded.frames.push_back(std::move(frame.payload)); }, choice);
    if (!encoder) {
        return encoded;
    }
    encoded.config = (*encoder)->audio_specific_config();
    const std::span all{samples};
    for (std::size_t at = 0; at + kFrame * 2 <= all.size(); at += kFrame * 2) {
        while (!(*encoder)->push(all.subspan(at, kFrame * 2))) {
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
    }
    (*encoder)->drain();
    return encoded;
}

void report(benchmark::State& state) {
    state.counters["rtf"] =
        benchmark::Counter(static_cast<double>(state.iterations() * kSeconds),
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void encode_aac(benchmark::State& state, AacEncoderChoice choice) {
    const auto rate = static_cast<int>(state.range(0));
    const auto samples = music(rate);
    for (auto _ : state) {
        if (encode(rate, samples, choice).frames.empty()) {
            state.SkipWithError("the encoder does not start");
        }
    }
    report(state);
}

void decode_aac(benchmark::State& state) {
    const auto rate = static_cast<int>(state.range(0));
    const auto encoded = encode(rate, music(rate), AacEncoderChoice::kBest);
    for (auto _ : state) {
        std::atomic<std::size_t> decoded{0};
        auto decoder = AudioDecoder::start(
            Codec::kAac, encoded.config, {.sample_rate_hz = rate, .channels = 2},
            [&](const PcmChunk& chunk) { decoded += chunk.frames(); }, {});
        if (!decoder) {
            state.SkipWithError("the decoder does not start");
            break;
        }
        std::int64_t sample = 0;
        for (const auto& frame : encoded.frames) {
            const StreamTime dts{StreamDuration{sample * 1'000'000'000 / rate}};
            while (!(*decoder)->push(frame, dts)) {
                std::this_thread::sleep_for(std::chrono::milliseconds{5});
            }
            sample += kFrame;
        }
        (*decoder)->drain();
        benchmark::DoNotOptimize(decoded.load());
    }
    report(state);
}

BENCHMARK(decode_aac)
    ->Arg(44'100)
    ->Arg(48'000)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode_aac, voaacenc, AacEncoderChoice::kVoAacEnc)
    ->Arg(44'100)
    ->Arg(48'000)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode_aac, avenc_aac, AacEncoderChoice::kAvEncAac)
    ->Arg(48'000)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace livedub::gst

BENCHMARK_MAIN();
