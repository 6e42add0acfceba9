// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One stream's link to the speech service: everything the client owes the protocol (external
// contract, 1.14), without a socket, a thread or a timer. Inputs are calls; what has to be done is
// fetched with take_actions(); time passes when next_wake() says so and on_time() is called.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "contract/fragment_messages.hpp"
#include "contract/session_messages.hpp"
#include "dubbing/dubber.hpp"
#include "sts_client/circuit_breaker.hpp"
#include "sts_client/link_action.hpp"
#include "sts_client/link_config.hpp"
#include "sts_client/pending_fragments.hpp"
#include "sts_client/reconnect_schedule.hpp"
#include "sts_client/send_window.hpp"

namespace livedub::sts_client {

/// Where a link gets what is not a decision.
struct LinkSources {
    const Clock& clock;
    std::function<double()> random;         // within [0, 1)
    std::function<std::string()> make_id;   // a new fragment_id
    std::function<std::int64_t()> unix_ms;  // for `timestamp`
};

/// Numbers that only grow, for the metrics.
struct LinkCounts {
    std::uint64_t reconnections = 0;  // sessions made after one was lost or could not be had
    std::uint64_t breaker_failures = 0;
    std::uint64_t breaker_fallbacks = 0;
    std::uint64_t told_none = 0;  // backpressure, by action
    std::uint64_t told_slow_down = 0;
    std::uint64_t told_pause = 0;
    std::uint64_t late_results = 0;  // with sound, seen or decoded after the fragment was decided
};

/// Not thread-safe.
class LinkCore {
  public:
    LinkCore(LinkConfig config, DubOptions options, LinkSources sources);

    // The stream ---------------------------------------------------------------------------------

    /// Connects now if the format of the sound is known, else with the first request.
    void start();

    /// Each accepted request is answered by one Settle, unless stop() comes first.
    void request(Fragment fragment, SteadyTime deadline);

    /// Answers action::Prepare. @param clip Bytes of the clip.
    void prepared(std::uint64_t number, Result<std::string> clip);

    /// Answers action::Decode.
    void decoded(Decoded decoded);

    /// Says stream:end if there is a session, waits for stream:complete, and finishes. What is
    /// outstanding is forgotten without a Settle.
    void stop();

    // The connection -----------------------------------------------------------------------------

    void connected();
    void ended(const Error& why);
    /// Answers action::Watch: it is worth an attempt now.
    void returned();
    void on_ready(const contract::StreamReady& ready);
    void on_result(contract::FragmentProcessed result);
    void on_error(const contract::ErrorEvent& error);
    void on_backpressure(const contract::Backpressure& backpressure);
    void on_complete();

    // Time ---------------------------------------------------------------------------------------

    void on_time();
    [[nodiscard]] std::optional<SteadyTime> next_wake() const;

    // What follows from it -----------------------------------------------------------------------

    /// In order; empty when nothing is to be done.
    [[nodiscard]] std::vector<LinkAction> take_actions();

    [[nodiscard]] bool is_ready() const noexcept { return phase_ == Phase::kReady; }
    /// Fragments that are sent and not answered.
    [[nodiscard]] int outstanding() const { return pending_.outstanding(); }
    [[nodiscard]] BreakerState breaker_state() const noexcept { return breaker_.state(); }
    [[nodiscard]] const LinkCounts& counts() const noexcept { return counts_; }

  private:
    enum class Phase {
        kIdle = 1,          // the sound's format is not known yet
        kConnecting = 2,    //
        kInitialising = 3,  // stream:init sent
        kReady = 4,         //
        kWaiting = 5,       // until the next attempt
        kGivenUp = 6,       // there will be none
        kEnding = 7,        // stream:end sent
        kClosed = 8,
    };
    /// What one fragment's end says about the server.
    enum class Evidence {
        kNone = 1,
        kFailure = 2,
    };

    // link_core.cpp: the connection
    void connect();
    void begin_session(std::string_view why);
    void lose_link(FallbackReason reason, const std::string& why);
    void close();
    [[nodiscard]] contract::StreamInit make_init() const;
    [[nodiscard]] bool has_connection() const noexcept;
    void note(std::string text, bool is_warning);
    void emit(LinkAction action) { actions_.push_back(std::move(action)); }

    // link_fragments.cpp: the fragments
    void refuse(std::uint64_t number, FallbackReason reason, std::string detail);
    void settle(std::uint64_t number, DubOutcome outcome, Evidence evidence);
    void settle_all(const std::vector<std::uint64_t>& numbers, FallbackReason reason,
                    const std::string& detail);
    void shut_out_waiting();
    void send_what_may_go();
    void send(PendingFragment& fragment);
    void acknowledge(const std::string& fragment_id, std::string_view status);
    void take_late(contract::FragmentProcessed& result);
    void take_failure(std::uint64_t number, DubOutcome outcome, const std::string& code,
                      bool is_load_shed = false);
    void expire();
    void expire_one(const PendingFragment& fragment);
    [[nodiscard]] FallbackReason why_unsent(const PendingFragment& fragment) const;
    [[nodiscard]] SteadyTime limit_of(const PendingFragment& fragment) const;
    void advance();

    // Constant after construction.
    const LinkConfig config_;
    const DubOptions options_;
    const LinkSources sources_;

    Phase phase_ = Phase::kIdle;
    PcmFormat format_;       // of the clips; known before the first connect()
    SteadyTime phase_ends_;  // when kInitialising, kWaiting and kEnding have lasted long enough
    bool was_ready_ = false;
    bool is_reconnect_ = false;
    bool is_binary_ = false;
    FallbackReason absent_reason_ = FallbackReason::kStsNotReady;  // while there is no session
    std::int64_t sequence_ = 0;                                    // of the next fragment sent
    int silent_ = 0;  // fragments in a row that had no answer in time

    PendingFragments pending_;
    CircuitBreaker breaker_;
    SendWindow window_;
    ReconnectSchedule schedule_;

    LinkCounts counts_;
    std::vector<LinkAction> actions_;
};

}  // namespace livedub::sts_client
