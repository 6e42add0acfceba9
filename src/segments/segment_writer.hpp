// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The thread that puts segments on disk ("dub-disk"), one for all streams. A disk that is slow,
// full or gone costs files and nothing else.

#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <semaphore>
#include <string>
#include <string_view>
#include <thread>
#include <variant>

#include "base/bounded_queue.hpp"
#include "clips/to_m4a.hpp"
#include "segments/segment_record.hpp"
#include "segments/segment_retention.hpp"

namespace livedub::segments {

/// Called on threads of this room; must not block.
struct SegmentEvents {
    std::function<void(const SegmentRecord&)> on_written;

    /// @param error_type "disk" or "audio_processing": a label of errors_total.
    std::function<void(std::string_view stream_id, std::string_view error_type)> on_error;
};

/// One run of a stream: from the opening of a session to the next of the same id.
struct SegmentRun {
    std::string stream_id;     // passes is_stream_id()
    std::uint64_t serial = 0;  // later runs have greater ones
};

/// What to write.
struct SegmentJob {
    SegmentRun run;
    SegmentRecord record;  // file_path and file_size are filled in here
    clips::ClipOrSound sound;
};

class SegmentWriter {
  public:
    SegmentWriter(std::filesystem::path root, RetentionLimits limits, SegmentEvents events);
    /// Writes what waits, for at most kLastWrites and the write at hand; the rest is dropped and
    /// counted. Nobody else may be in a member any more.
    ~SegmentWriter();
    SegmentWriter(const SegmentWriter&) = delete;
    SegmentWriter& operator=(const SegmentWriter&) = delete;

    /// A run begins: the files of earlier ones go before its first is written. Any thread; never
    /// blocks.
    void begin(SegmentRun run);

    /// The run has no more to write, but for dubs that come late; its files stay. Any thread; never
    /// blocks.
    void end(SegmentRun run);

    /// Any thread; never blocks. When too much waits, the oldest is dropped and counted.
    void write(SegmentJob job);

    /// A disk that cannot take what waits in this time does not hold up the end of the process.
    static constexpr std::chrono::seconds kLastWrites{2};

  private:
    struct Begin {
        SegmentRun run;
    };
    struct End {
        SegmentRun run;
    };
    using Order = std::variant<Begin, End, SegmentJob>;

    /// What the thread remembers of a stream.
    struct Stream {
        std::uint64_t serial = 0;
        bool is_cleared = false;
        bool is_failing = false;
    };

    void push(Order order);
    void work(const std::stop_token& stop);
    void obey(Order& order, const std::stop_token& stop);
    void forget(const SegmentRun& run);
    Stream* enter(const SegmentRun& run);
    void store(SegmentJob& job, Stream& stream, const std::stop_token& stop);
    void note(const std::string& stream_id, Stream& stream, const Result<void>& done);

    // Constant after construction.
    const std::filesystem::path root_;
    const RetentionLimits limits_;
    const SegmentEvents events_;

    // Owned by the thread.
    std::map<std::string, Stream> streams_;  // those that run, and those in ended_
    std::deque<SegmentRun> ended_;           // the last ones, oldest first

    BoundedQueue<Order> orders_;
    std::atomic<bool> is_ending_{false};  // nothing is added any more
    std::binary_semaphore has_ended_{0};  // released by the thread when it writes no more

    // Last, so that it is joined before anything it uses is destroyed.
    std::jthread thread_;
};

}  // namespace livedub::segments
