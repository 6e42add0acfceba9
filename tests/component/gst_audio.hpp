// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Sound for the tests of the AAC encoder and decoder, and a place for what their callbacks give.

#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <numbers>
#include <random>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "gst/aac_decoder.hpp"
#include "gst/aac_encoder.hpp"

namespace livedub::gst {

inline constexpr PcmFormat kStereo48k{.sample_rate_hz = 48'000, .channels = 2};

/// Keeps what a callback is given on another thread.
template <typename T>
class Collector {
  public:
    /// For the constructor of what calls back; this outlives that.
    auto callback() {
        return [this](T item) {
            {
                const MutexLock lock{mutex_};
                items_.push_back(std::move(item));
            }
            changed_.notify_all();
        };
    }

    bool wait_for(std::size_t count, std::chrono::milliseconds limit = std::chrono::seconds{10}) {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        const MutexLock lock{mutex_};
        return changed_.wait_until(mutex_, deadline, [&] { return items_.size() >= count; });
    }

    std::vector<T> items() {
        const MutexLock lock{mutex_};
        return items_;
    }

  private:
    Mutex mutex_;
    std::vector<T> items_;
    std::condition_variable_any changed_;
};

/// Quiet noise with a loud sweep of 20 ms every half second: peaks that correlation cannot mistake.
inline std::vector<std::int16_t> sweeps(PcmFormat format, std::size_t frames) {
    std::mt19937 random{1};
    std::uniform_int_distribution<int> noise{-50, 50};
    const double rate = format.sample_rate_hz;
    const auto channels = static_cast<std::size_t>(format.channels);
    std::vector<std::int16_t> samples(frames * channels);
    for (std::size_t i = 0; i < frames; ++i) {
        const double t = std::fmod(static_cast<double>(i) / rate, 0.5);
        const double phase = 2.0 * std::numbers::pi * (500.0 * t + 0.5 * 150'000.0 * t * t);
        const double value = t < 0.02 ? 12'000.0 * std::sin(phase) : 0.0;
        for (std::size_t c = 0; c < channels; ++c) {
            samples[i * channels + c] =
                static_cast<std::int16_t>(value + static_cast<double>(noise(random)));
        }
    }
    return samples;
}

/// The queues hold 2 s and refuse more; a test that is faster than that tries again.
template <typename Push>
bool push_patiently(const Push& push) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!push()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

inline std::vector<AacFrame> encode(PcmFormat format, const std::vector<std::int16_t>& samples,
                                    Bytes& config,
                                    AacEncoderChoice choice = AacEncoderChoice::kBest) {
    Collector<AacFrame> frames;
    auto encoder = AacEncoder::start(format, 128'000, frames.callback(), choice);
    EXPECT_TRUE(encoder.has_value()) << encoder.error().message();
    config = (*encoder)->audio_specific_config();
    // Pieces that are not whole AAC frames, as a mixer would push them.
    const auto piece = static_cast<std::size_t>(format.channels) * 441;
    for (std::size_t at = 0; at < samples.size(); at += piece) {
        const auto size = std::min(piece, samples.size() - at);
        EXPECT_TRUE(
            push_patiently([&] { return (*encoder)->push(std::span{samples}.subspan(at, size)); }));
    }
    // Draining is bounded to a second, and the machine may be busy.
    const auto whole = samples.size() / static_cast<std::size_t>(format.channels) / 1024;
    (void)frames.wait_for(whole > 4 ? whole - 4 : 0);
    (*encoder)->drain();
    return frames.items();
}

inline StreamTime time_of(std::int64_t sample, int rate) {
    return StreamTime{StreamDuration{sample * 1'000'000'000 / rate}};
}

/// Each frame is pushed with the time of its first sample.
inline std::vector<PcmChunk> decode(PcmFormat format, const Bytes& config,
                                    const std::vector<AacFrame>& frames) {
    Collector<PcmChunk> chunks;
    auto decoder =
        AudioDecoder::start(Codec::kAac, config, format, chunks.callback(),
                            [](const Error& error) { ADD_FAILURE() << error.message(); });
    EXPECT_TRUE(decoder.has_value()) << decoder.error().message();
    for (const auto& frame : frames) {
        const auto start = time_of(frame.first_sample, format.sample_rate_hz);
        EXPECT_TRUE(push_patiently([&] { return (*decoder)->push(frame.payload, start); }));
    }
    (void)chunks.wait_for(frames.size());
    (*decoder)->drain();
    return chunks.items();
}

}  // namespace livedub::gst
