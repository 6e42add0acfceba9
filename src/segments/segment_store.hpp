// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A Dubber in front of another one that keeps what passes: each fragment becomes an MP4 file once,
// which goes to disk and along with the fragment, and each dub that comes back becomes one, too
// (external contract, 6.4). The disk can make no stream late.

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/mutex.hpp"
#include "dubbing/dubber.hpp"
#include "segments/segment_retention.hpp"
#include "segments/segment_writer.hpp"

namespace livedub::segments {

class SegmentSession;

struct SegmentStoreConfig {
    std::filesystem::path root;
    RetentionLimits limits;
};

/// Any thread, as every Dubber.
class SegmentStore final : public Dubber {
  public:
    /// @param inner Who dubs; outlives this. Null when nobody does: every outcome is kSkipSts then.
    SegmentStore(Dubber* inner, SegmentStoreConfig config, SegmentEvents events);
    ~SegmentStore() override = default;
    SegmentStore(const SegmentStore&) = delete;
    SegmentStore& operator=(const SegmentStore&) = delete;

    [[nodiscard]] std::string describe() const override;

    /// A new session of an id begins with an empty directory.
    ///
    /// Errors: kInvalidArgument when the stream id could lead out of the directory; inner's.
    [[nodiscard]] Result<std::unique_ptr<DubSession>> open(DubOptions options,
                                                           OnOutcome on_outcome) override;

    /// As open(), but nobody is asked to dub.
    [[nodiscard]] Result<std::unique_ptr<DubSession>> open_keeper(
        const std::string& stream_id) override;

    /// A dub has come after its fragment was decided: it is kept as a file all the same, in the
    /// stream's present run. Any thread; never blocks.
    ///
    /// @param fragment The number its request had. @param clip What was received; only AAC is
    /// kept, because decoding anything else is not worth it any more.
    void keep_late(const std::string& stream_id, std::uint64_t fragment, ClipBytes clip)
        LIVEDUB_EXCLUDES(mutex_);

  private:
    [[nodiscard]] Result<std::unique_ptr<SegmentSession>> make_session(const std::string& stream_id,
                                                                       OnOutcome on_outcome);
    [[nodiscard]] SegmentRun begin_run(const std::string& stream_id) LIVEDUB_EXCLUDES(mutex_);

    // Given at construction; outlives this.
    Dubber* const inner_;

    // Constant after construction.
    const SegmentEvents events_;

    Mutex mutex_;
    std::uint64_t last_serial_ LIVEDUB_GUARDED_BY(mutex_) = 0;
    // The present run of the streams that began last.
    std::map<std::string, std::uint64_t> runs_ LIVEDUB_GUARDED_BY(mutex_);
    SegmentWriter writer_;
};

}  // namespace livedub::segments
