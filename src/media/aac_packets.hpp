// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A stretch of a stream's sound as the AAC packets that came in, for whoever keeps sound that
// nobody had to decode.

#pragma once

#include <cstdint>
#include <vector>

#include "media/encoded_unit.hpp"
#include "media/pcm_chunk.hpp"
#include "media/sample_time.hpp"
#include "media/stream_time.hpp"

namespace livedub {

struct AacPacket {
    StreamTime start;
    SharedBytes bytes;  // one raw frame, without ADTS header
};

struct AacPackets {
    /// Samples in a frame of AAC-LC; of HE-AAC too, at the rate of its core.
    static constexpr std::int64_t kSamplesPerPacket = 1024;

    SharedBytes config;              // AudioSpecificConfig, the same for all of them
    PcmFormat format;                // what config says: rate and channels of the core
    std::vector<AacPacket> packets;  // oldest first; at least one

    [[nodiscard]] StreamTime start() const { return packets.front().start; }
    [[nodiscard]] StreamDuration duration() const {
        const auto last = sample_time(kSamplesPerPacket, format.sample_rate_hz).time_since_epoch();
        return packets.back().start + last - packets.front().start;
    }
};

}  // namespace livedub
