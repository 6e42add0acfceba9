// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Pulls one RTMP stream and hands on its units as they arrive, with the sender's own timestamps
// (docs/adr/0002-flv-tags-instead-of-flvdemux.md has why there is no demuxer here).

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "media/encoded_unit.hpp"

namespace livedub::gst {

struct ArrivedUnit {
    EncodedUnit unit;
    SteadyTime arrival;  // when its last byte had been read
};

struct IngestEnd {
    /// nullopt: the server ended the stream, by saying so or by closing the connection, which
    /// GStreamer 1.22 does not tell apart once the first byte has come.
    std::optional<Error> error;
};

using IngestItem = std::variant<ArrivedUnit, IngestEnd>;

class RtmpIngest {
  public:
    /// Called from a GStreamer thread, one call at a time, in order. Must not block, nor destroy
    /// the ingest. IngestEnd comes at most once and last; it always comes unless the ingest is
    /// destroyed first.
    using OnItem = std::function<void(IngestItem)>;

    /// Returns at once; whether the connection succeeds is told through `on_item`: IngestEnd with
    /// kUnavailable (refused, no such stream), kInvalidArgument (not authorised) or kProtocol (what
    /// came is not FLV).
    ///
    /// Errors: kInvalidArgument when `url` is no RTMP address with an application and a stream,
    /// kUnavailable when GStreamer or its rtmp2 plug-in is missing.
    static Result<std::unique_ptr<RtmpIngest>> start(const std::string& url, OnItem on_item);

    /// Disconnects. Takes milliseconds: nothing in the pipeline waits for the network without also
    /// watching for the state change. Before the server has answered the connection is left alone,
    /// and closed when it has. No callback runs afterwards.
    ~RtmpIngest();
    RtmpIngest(const RtmpIngest&) = delete;
    RtmpIngest& operator=(const RtmpIngest&) = delete;

  private:
    class Impl;
    explicit RtmpIngest(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

}  // namespace livedub::gst
