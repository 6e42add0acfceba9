// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// All streams of this process: one session for each live/<id>/in that has a publisher. What the
// media server reports becomes a session, a session that fails is started again, one that has ended
// is taken away. One control thread does all of it, so the server's thread never waits for a
// pipeline.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "media_session/stream_metrics.hpp"
#include "media_session/stream_options.hpp"
#include "media_session/stream_session.hpp"

namespace livedub {

struct StreamTableConfig {
    std::string rtmp_base;  // "rtmp://127.0.0.1:1935"
    StreamOptions defaults;
    std::size_t most_streams = 10;  // 0: no limit
};

class StreamTable {
  public:
    /// @param dubber May be null when nothing is dubbed; it, the metrics and the clock outlive the
    /// table.
    StreamTable(StreamTableConfig config, Dubber* dubber, MediaMetrics& metrics, const Clock& clock,
                StreamSession::OnDecided on_decided);

    /// Stops all sessions, in parallel: at most 4 s.
    ~StreamTable();
    StreamTable(const StreamTable&) = delete;
    StreamTable& operator=(const StreamTable&) = delete;

    /// A path has a publisher (again), or has lost it. Paths other than live/<id>/in are none of
    /// ours. Any thread; returns at once.
    void ready(std::string_view path, std::string_view query);
    void not_ready(std::string_view path);

  private:
    class Control;
    std::unique_ptr<Control> control_;
};

/// The id in live/<id>/in; empty when `path` is not of that form ([A-Za-z0-9_-], 1 to 128).
[[nodiscard]] std::string_view input_stream_id(std::string_view path);

}  // namespace livedub
