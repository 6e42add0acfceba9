// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/placement.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace livedub::speech {
namespace {

constexpr auto kEdgeFade = std::chrono::milliseconds{8};

}  // namespace

Result<PcmChunk> place(const MonoSignal& speech, const PcmChunk& slot, StreamDuration onset) {
    const auto& format = slot.format();
    const auto length = speech.samples.size();
    if (speech.sample_rate_hz != format.sample_rate_hz || length > slot.frames()) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("{} frames at {} Hz for a slot of {} at {} Hz", length,
                                speech.sample_rate_hz, slot.frames(), format.sample_rate_hz));
    }
    const auto wished = static_cast<std::size_t>(
        std::chrono::duration<double>{std::max(onset, StreamDuration::zero())}.count() *
        format.sample_rate_hz);
    const auto begin = std::min(wished, slot.frames() - length);
    std::vector<float> mono(slot.frames());
    std::copy(speech.samples.begin(), speech.samples.end(),
              mono.begin() + static_cast<std::ptrdiff_t>(begin));
    const auto fade = std::min(
        length / 2, static_cast<std::size_t>(kEdgeFade.count() * format.sample_rate_hz / 1000));
    for (std::size_t i = 0; i < fade; ++i) {
        const float level = static_cast<float>(i) / static_cast<float>(fade);
        mono[begin + i] *= level;
        mono[begin + length - 1 - i] *= level;
    }
    return PcmChunk::make(slot.start(), format, to_pcm16(mono, format.channels));
}

}  // namespace livedub::speech
