// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// All streams of this process: one session for each live/<id>/in that has a publisher. What the
// media server reports becomes a session, a session that fails is started again, one that has ended
// is taken away. StreamLifecycle decides; one control thread brings it about, so whoever reports
// never waits for a pipeline.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "media_session/stream_lifecycle.hpp"
#include "media_session/stream_metrics.hpp"
#include "media_session/stream_options.hpp"
#include "media_session/stream_session.hpp"

namespace livedub {

struct StreamTableConfig {
    std::string rtmp_base;  // "rtmp://127.0.0.1:1935"
    StreamOptions defaults;
    std::size_t most_streams = 10;  // 0: no limit
    std::string rtmp_query{};       // what we are known by to the media server: "key=..."; a secret
};

/// What the media server says of a path's publisher.
struct PublisherReport {
    std::string_view path;         // "live/demo/in"
    std::string_view query;        // of the publish URL, without '?'
    std::string_view source_id;    // may be empty
    std::string_view source_type;  // may be empty
};

enum class ReportResult {
    kAccepted = 1,  // also when there was nothing to do
    kIgnored = 2,   // of another publisher than the current one, or no input of ours
    kRefused = 3,   // there are as many streams as there may be
};

/// One stream, for a page.
struct StreamStatus {
    std::string id;
    StreamState state = StreamState::kIdle;
    StreamOptions options;
    std::vector<std::string> warnings;
    std::string source_type;
    std::string last_error;  // empty when there was none
    std::string ended;       // why the last session ended; empty before
    StreamCounts counts;
};

class StreamTable {
  public:
    /// @param dubber May be null when nothing is dubbed; it, the metrics and the clock outlive the
    /// table.
    StreamTable(StreamTableConfig config, Dubber* dubber, MediaMetrics& metrics, const Clock& clock,
                StreamSession::OnDecided on_decided);

    /// As stop().
    ~StreamTable();
    StreamTable(const StreamTable&) = delete;
    StreamTable& operator=(const StreamTable&) = delete;

    // Any thread; these return at once.

    /// A path has a publisher (again), or has lost it.
    ReportResult ready(const PublisherReport& report);
    ReportResult not_ready(const PublisherReport& report);
    /// It is in a list of paths that was asked for a moment ago: starts what is missing.
    ReportResult listed(const PublisherReport& report);
    /// Whether listed() would start something; its query does not matter.
    [[nodiscard]] bool is_missing(const PublisherReport& report) const;

    /// Counts an error of a stream that somebody else has found; see StreamMetrics::count_error().
    void count_error(std::string_view id, std::string_view type, std::string_view why);
    /// Counts a dub of a stream that came too late for its session to see it.
    void count_late_result(std::string_view id);

    /// Ends a stream until its next publisher.
    void give_up(std::string_view id, std::string why);

    /// By id; streams that ended are kept for ten minutes.
    [[nodiscard]] std::vector<StreamStatus> streams() const;
    [[nodiscard]] std::optional<StreamStatus> stream(std::string_view id) const;

    /// Ends all sessions, in parallel, and starts no more: at most 4 s. Not from a callback.
    void stop();

  private:
    class Control;
    std::unique_ptr<Control> control_;
};

/// The id in live/<id>/in; empty when `path` is not of that form ([A-Za-z0-9_-], 1 to 128).
[[nodiscard]] std::string_view input_stream_id(std::string_view path);

}  // namespace livedub
