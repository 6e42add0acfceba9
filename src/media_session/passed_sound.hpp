// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The sound of a stream that is passed on as it came, collected until a segment of it is complete.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/result.hpp"
#include "media/aac_packets.hpp"

namespace livedub {

/// Not thread-safe.
class PassedSound {
  public:
    /// More is held of no segment: a minute at 96 kHz, and what no AAC encoder needs for it.
    static constexpr std::size_t kMostPackets = 6'000;
    static constexpr std::size_t kMostBytes = std::size_t{8} << 20U;

    /// Takes the AudioSpecificConfig of the packets to come. A file has one only, so those that
    /// were collected under another one are dropped and counted.
    ///
    /// Errors: kProtocol when it cannot be read: packets are dropped until one can be.
    [[nodiscard]] Result<void> configure(SharedBytes config);

    /// Adds a packet; those of one stream come in order.
    void add(StreamTime start, SharedBytes bytes);

    /// Takes out what begins before `end`; nullopt when nothing does.
    [[nodiscard]] std::optional<AacPackets> take_before(StreamTime end);

    /// Where what is held ends; nullopt when nothing is held.
    [[nodiscard]] std::optional<StreamTime> end() const;

    /// Packets that were given to add() and will not be handed out, so far.
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

  private:
    void drop_oldest();

    SharedBytes config_;
    PcmFormat format_;
    std::deque<AacPacket> packets_;
    std::size_t bytes_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace livedub
