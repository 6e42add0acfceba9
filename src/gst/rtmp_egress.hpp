// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Publishes one RTMP stream from units that already have their outgoing timestamps.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "media/encoded_unit.hpp"

namespace livedub::gst {

class RtmpEgress {
  public:
    /// The connection was refused or lost. At most once, from a GStreamer thread; must not block,
    /// nor finish or destroy the egress. Not called once finish() has begun.
    using OnEnd = std::function<void(Error)>;

    /// Returns at once and connects in the background; units may be pushed meanwhile.
    ///
    /// Errors: kInvalidArgument when `url` is no RTMP address with an application and a stream,
    /// kUnavailable when GStreamer or its rtmp2 plug-in is missing.
    static Result<std::unique_ptr<RtmpEgress>> start(const std::string& url, OnEnd on_end);

    /// Hands on one unit, stamped `timestamp_ms` (wraps at 2^32). Never blocks. One thread. The
    /// first units must be the configs. Metadata is sent as @setDataFrame.
    ///
    /// @return false when it was not taken: 4 s or 16 MiB are queued already, or this has ended.
    [[nodiscard]] bool push(const EncodedUnit& unit, std::uint32_t timestamp_ms);

    /// Ends the stream: what was pushed is sent, then FCUnpublish and deleteStream. Waits for that
    /// at most 2 s, then disconnects whatever is left. Idempotent.
    void finish();

    /// Disconnects without draining, unless finish() was called. Takes milliseconds.
    ~RtmpEgress();
    RtmpEgress(const RtmpEgress&) = delete;
    RtmpEgress& operator=(const RtmpEgress&) = delete;

  private:
    class Impl;
    explicit RtmpEgress(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

}  // namespace livedub::gst
