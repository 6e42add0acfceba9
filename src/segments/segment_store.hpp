// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A Dubber in front of another one that keeps what passes: each fragment becomes an MP4 file once,
// which goes to disk and along with the fragment, and each dub that comes back becomes one, too
// (external contract, 6.4). The disk can make no stream late.

#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "dubbing/dubber.hpp"
#include "segments/segment_retention.hpp"
#include "segments/segment_writer.hpp"

namespace livedub::segments {

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

  private:
    // Given at construction; outlives this.
    Dubber* const inner_;

    // Constant after construction.
    const SegmentEvents events_;

    std::atomic<std::uint64_t> last_serial_{0};
    SegmentWriter writer_;
};

}  // namespace livedub::segments
