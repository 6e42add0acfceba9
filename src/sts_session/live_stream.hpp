// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One initialised stream: what stream:init began and stream:complete ends (external contract, 1.7
// to 1.9). Admits fragments, lets so many be worked on, answers in order and in time. No threads,
// no sockets: events and the time go in, actions come out.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "base/clock.hpp"
#include "contract/fragment_messages.hpp"
#include "contract/session_messages.hpp"
#include "sts_session/action.hpp"
#include "sts_session/backpressure_level.hpp"
#include "sts_session/delivered_results.hpp"
#include "sts_session/environment.hpp"
#include "sts_session/error_simulation.hpp"
#include "sts_session/rate_limit.hpp"
#include "sts_session/reorder_buffer.hpp"
#include "sts_session/session_observer.hpp"
#include "sts_session/session_settings.hpp"
#include "sts_session/session_statistics.hpp"
#include "sts_session/stream_capacity.hpp"

namespace livedub::sts_session {

using ParsedFragment = tl::expected<contract::FragmentData, contract::FragmentViolation>;

/// Who this stream is.
struct StreamIdentity {
    contract::StreamInit init;  // with its stream_id, even if the client gave none
    std::string session_id;
    bool is_binary = false;
    /// Set: the stream was let in although nobody can dub it; every fragment fails with this.
    std::optional<contract::ProcessingError> refusal;
};

/// All members append to `out` what is to be done.
class LiveStream {
  public:
    /// @param serials Numbers the work; goes on from stream to stream, so that a late result of an
    ///                earlier one is nobody's. With `observer` and `environment`, outlives this.
    LiveStream(StreamIdentity identity, const SessionSettings& settings, Seat seat,
               const Environment& environment, SessionObserver& observer, std::uint64_t& serials);
    ~LiveStream();
    LiveStream(const LiveStream&) = delete;
    LiveStream& operator=(const LiveStream&) = delete;

    [[nodiscard]] const StreamIdentity& identity() const noexcept { return identity_; }
    /// stream:ready.
    void greet(Actions& out) const;

    void on_fragment(ParsedFragment fragment, Actions& out);
    void on_finished(std::uint64_t serial, FinishedFragment finished, Actions& out);
    void on_pause();
    void on_resume();
    void on_end(Actions& out);
    void set_failures(contract::ErrorSimulation simulation);

    /// When on_time() has something to do; nullopt: never, unless something else happens.
    [[nodiscard]] std::optional<SteadyTime> next_wake() const;
    void on_time(Actions& out);

    /// stream:complete has been said.
    [[nodiscard]] bool is_over() const noexcept { return state_ == State::kCompleted; }
    /// For the stream that takes this one's place.
    [[nodiscard]] Seat give_up_seat();
    /// Another takes this one's place: the client need not hold back any more.
    void let_go(Actions& out);

  private:
    enum class State {
        kActive = 1,
        kPaused = 2,
        kEnding = 3,
        kCompleted = 4,
    };

    /// What can be told of a fragment that is not taken.
    struct Refused {
        std::optional<std::string> fragment_id;
        std::optional<std::string> stream_id;  // as sent
        std::optional<std::int64_t> number;
    };
    [[nodiscard]] static Refused refused(const contract::FragmentData& fragment);

    void refuse(std::string_view code, const std::string& message, const Refused& refused,
                Actions& out);
    void admit(contract::FragmentData fragment, Actions& out);
    void accept(contract::FragmentData fragment, Actions& out);
    void acknowledge(const std::string& fragment_id, std::string_view status, Actions& out) const;
    void start_waiting(Actions& out);
    void expire(SteadyTime now);
    void deliver(Actions& out);
    void report_skipped(const SkippedNumbers& skipped, Actions& out);
    void complete_if_drained(Actions& out);
    void advise(Actions& out);
    void report_load();
    void ignore(std::string_view event) const;

    [[nodiscard]] std::chrono::milliseconds timeout() const;
    [[nodiscard]] SteadyDuration time_limit() const;
    [[nodiscard]] int max_inflight() const { return identity_.init.max_inflight.value_or(3); }
    [[nodiscard]] std::optional<std::int64_t> estimate_ms() const;
    [[nodiscard]] std::size_t count(SlotState state) const;
    [[nodiscard]] FinishedFragment failure(const Slot& slot, std::int64_t number,
                                           contract::ProcessingError error) const;
    void emit(Message message, Actions& out) const;
    void emit_error(contract::ErrorEvent event, Actions& out) const;

    // Given at construction; outlive this.
    const SessionSettings& settings_;
    const Environment& environment_;
    SessionObserver& observer_;
    std::uint64_t& serials_;

    // Constant after construction.
    const StreamIdentity identity_;
    const SteadyTime began_;

    // What changes.
    State state_ = State::kActive;
    Seat seat_;
    ReorderBuffer buffer_;
    DeliveredResults delivered_;
    RateLimit rate_;
    BackpressureLevel level_;
    FailureScript failures_;
    SessionStatistics statistics_;
    std::optional<SteadyTime> drain_deadline_;  // while ending
    std::optional<SteadyTime> disconnect_at_;   // once completed
    int reported_outstanding_ = 0;
    int reported_waiting_ = 0;
};

}  // namespace livedub::sts_session
