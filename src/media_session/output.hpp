// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The way out of a stream: connects when the first unit is due, reconnects when the connection is
// lost, and starts every connection with codec headers and a keyframe. What falls due meanwhile is
// discarded: the timeline does not wait.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "gst/rtmp_egress.hpp"
#include "media_session/av_offset.hpp"
#include "media_session/delay_line.hpp"
#include "media_session/stream_metrics.hpp"

namespace livedub {

/// Only the session's thread touches it.
class Output {
  public:
    /// Called from another thread with the number of the connection that was lost; the session
    /// hands it back through lost().
    using OnLost = std::function<void(std::uint64_t connection, Error error)>;

    Output(std::string url, StreamMetrics& metrics, OnLost on_lost);

    /// Opens the connection if it is time to: the first time at once, later after the backoff.
    void connect(SteadyTime now);

    /// Sends a unit that is due, or discards it when there is no connection or no keyframe yet.
    void send(const DelayedUnit& unit, SteadyTime now);

    /// Notes that `connection` has ended and plans the next one. Stale numbers are ignored.
    void lost(std::uint64_t connection, const Error& error, SteadyTime now);

    /// When connect() will next do something; nullopt while connected.
    [[nodiscard]] std::optional<SteadyTime> reconnect_at() const noexcept { return reconnect_at_; }

    /// Sends what is queued and ends the stream for its viewers. Waits at most 2 s.
    void finish();

  private:
    bool open_with(const DelayedUnit& unit);
    bool push(const EncodedUnit& unit, StreamTime at);
    void measure(const DelayedUnit& unit);

    // Given at construction; outlive this.
    StreamMetrics& metrics_;

    // Constant after construction.
    const std::string url_;
    const OnLost on_lost_;

    std::unique_ptr<gst::RtmpEgress> egress_;
    std::uint64_t connection_ = 0;
    int failures_ = 0;  // in a row
    SteadyTime connected_at_;
    std::optional<SteadyTime> reconnect_at_ = SteadyTime::min();
    bool is_waiting_for_keyframe_ = true;

    AvOffset av_offset_;

    // What every new connection begins with.
    std::optional<EncodedUnit> metadata_;
    std::optional<EncodedUnit> video_config_;
    std::optional<EncodedUnit> audio_config_;
};

}  // namespace livedub
