// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "media/pcm_chunk.hpp"

#include <utility>

#include <fmt/format.h>

#include "media/sample_time.hpp"

namespace livedub {

Result<PcmChunk> PcmChunk::make(StreamTime start, PcmFormat format,
                                std::vector<std::int16_t> samples) {
    if (format.sample_rate_hz < 8'000 || format.sample_rate_hz > 192'000) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("sample rate {} Hz", format.sample_rate_hz));
    }
    if (format.channels != 1 && format.channels != 2) {
        return fail(ErrorCode::kInvalidArgument, fmt::format("{} channels", format.channels));
    }
    if (samples.size() % static_cast<std::size_t>(format.channels) != 0) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("{} samples is not whole frames", samples.size()));
    }
    return PcmChunk{start, format, std::move(samples)};
}

PcmChunk::PcmChunk(StreamTime start, PcmFormat format, std::vector<std::int16_t> samples)
    : start_{start}, format_{format}, samples_{std::move(samples)} {}

std::size_t PcmChunk::frames() const noexcept {
    return samples_.size() / static_cast<std::size_t>(format_.channels);
}

StreamDuration PcmChunk::duration() const noexcept {
    return sample_time(static_cast<std::int64_t>(frames()), format_.sample_rate_hz)
        .time_since_epoch();
}

}  // namespace livedub
