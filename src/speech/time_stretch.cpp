// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/time_stretch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>
#include <rubberband/RubberBandStretcher.h>

namespace livedub::speech {
namespace {

using RubberBand::RubberBandStretcher;

constexpr std::size_t kBlock = 4096;

void drain(RubberBandStretcher& stretcher, std::vector<float>& out) {
    std::array<float, kBlock> block{};
    std::array<float*, 1> channels{block.data()};
    for (int ready = stretcher.available(); ready > 0; ready = stretcher.available()) {
        const auto got = stretcher.retrieve(
            channels.data(), std::min(static_cast<std::size_t>(ready), block.size()));
        if (got == 0) {
            return;
        }
        out.insert(out.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got));
    }
}

/// Calls `feed(block, size, is_last)` for the whole signal; false when stopped.
template <typename Feed>
bool in_blocks(const std::vector<float>& samples, const std::stop_token& stop, const Feed& feed) {
    for (std::size_t at = 0; at < samples.size(); at += kBlock) {
        if (stop.stop_requested()) {
            return false;
        }
        const auto size = std::min(kBlock, samples.size() - at);
        const std::array<const float*, 1> channels{samples.data() + at};
        feed(channels.data(), size, at + size == samples.size());
    }
    return true;
}

}  // namespace

Result<MonoSignal> stretch(const MonoSignal& signal, double speed, const std::stop_token& stop) {
    if (!(speed >= 0.25 && speed <= 4.0)) {
        return fail(ErrorCode::kInvalidArgument, fmt::format("stretch speed {}", speed));
    }
    RubberBandStretcher stretcher{static_cast<std::size_t>(signal.sample_rate_hz), 1,
                                  RubberBandStretcher::OptionProcessOffline |
                                      RubberBandStretcher::OptionEngineFiner |
                                      RubberBandStretcher::OptionThreadingNever,
                                  1.0 / speed};
    stretcher.setMaxProcessSize(kBlock);
    stretcher.setExpectedInputDuration(signal.samples.size());
    MonoSignal out{.sample_rate_hz = signal.sample_rate_hz, .samples = {}};
    const bool finished = in_blocks(signal.samples, stop,
                                    [&](const float* const* block, std::size_t size, bool is_last) {
                                        stretcher.study(block, size, is_last);
                                    }) &&
                          in_blocks(signal.samples, stop,
                                    [&](const float* const* block, std::size_t size, bool is_last) {
                                        stretcher.process(block, size, is_last);
                                        drain(stretcher, out.samples);
                                    });
    if (!finished) {
        return fail(ErrorCode::kCancelled, "stretch stopped");
    }
    // The library's own rounding may be off by a sample or two; the slot is exact.
    out.samples.resize(
        static_cast<std::size_t>(std::lround(static_cast<double>(signal.samples.size()) / speed)));
    return out;
}

}  // namespace livedub::speech
