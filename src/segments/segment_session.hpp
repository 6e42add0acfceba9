// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One stream of a SegmentStore, with a thread of its own ("dub-clip") that encodes fragments one
// after the other. Those that come as packets need none of that and go to the disk's thread at
// once.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/bounded_queue.hpp"
#include "base/mutex.hpp"
#include "dubbing/dubber.hpp"
#include "segments/outbox.hpp"
#include "segments/segment_writer.hpp"

namespace livedub::segments {

class SegmentSession final : public DubSession {
  public:
    /// @param writer, events Outlive this.
    SegmentSession(SegmentRun run, SegmentWriter& writer, const SegmentEvents& events,
                   OnOutcome on_outcome);
    /// Answers nothing more. The originals that wait to be encoded are left to the writer, so that
    /// they are stored all the same.
    ~SegmentSession() override;
    SegmentSession(const SegmentSession&) = delete;
    SegmentSession& operator=(const SegmentSession&) = delete;

    /// What the inner session is opened with. Valid until this ends.
    [[nodiscard]] OnOutcome inner_outcomes();

    /// Before start(). Without it every outcome is kSkipSts.
    void attach(std::unique_ptr<DubSession> inner) { inner_ = std::move(inner); }

    void start();

    void request(Fragment fragment, SteadyTime deadline) override;
    void keep(Fragment&& fragment) override;
    void keep_packets(std::uint64_t number, AacPackets&& packets) override;

  private:
    struct Ask {
        Fragment fragment;
        SteadyTime deadline;
        bool is_to_be_dubbed = false;
    };

    void push(Ask ask);
    void work(const std::stop_token& stop);
    void take(Ask ask, const std::stop_token& stop);
    void keep_waiting();
    void on_inner_outcome(DubOutcome outcome) LIVEDUB_EXCLUDES(mutex_);
    void refuse(std::uint64_t number, FallbackReason reason, std::string detail);
    [[nodiscard]] SegmentRecord record_of(const Fragment& fragment) const;
    void remember(const SegmentRecord& record) LIVEDUB_EXCLUDES(mutex_);
    std::optional<SegmentRecord> forget(std::uint64_t number) LIVEDUB_EXCLUDES(mutex_);

    // Constant after construction.
    const SegmentRun run_;

    // Given at construction; outlive this.
    SegmentWriter& writer_;
    const SegmentEvents& events_;

    Outbox outbox_;

    Mutex mutex_;
    // What was said of a fragment is needed again for its dub; one each that is outstanding.
    std::map<std::uint64_t, SegmentRecord> asked_ LIVEDUB_GUARDED_BY(mutex_);

    BoundedQueue<Ask> asks_;

    // Set before the thread starts; the thread's own then.
    std::unique_ptr<DubSession> inner_;

    // Last, so that it is joined before anything it uses is destroyed.
    std::jthread thread_;
};

}  // namespace livedub::segments
