// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One client in one namespace (external contract, section 1): at most one stream at a time, the
// init that may replace it, and the test controls. No threads, no sockets: events and the time go
// in, actions come out. Messages come already parsed; dispatch() does that.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "base/clock.hpp"
#include "contract/session_messages.hpp"
#include "sts_session/action.hpp"
#include "sts_session/environment.hpp"
#include "sts_session/live_stream.hpp"
#include "sts_session/session_observer.hpp"
#include "sts_session/session_settings.hpp"
#include "sts_session/stream_capacity.hpp"

namespace livedub::sts_session {

/// Why a stream cannot be had, in the words of section 1.6.
struct Refusal {
    std::string code;
    std::string message;
};

/// What all sessions share; outlives them.
struct SessionContext {
    const SessionSettings& settings;
    const Environment& environment;
    SessionObserver& observer;
    StreamCapacity& capacity;
};

class Session {
  public:
    explicit Session(const SessionContext& context);

    [[nodiscard]] bool has_stream() const noexcept { return stream_.has_value(); }
    /// A stream was initialised or asked for: the client is not idle.
    [[nodiscard]] bool is_engaged() const noexcept { return has_stream() || pending_.has_value(); }
    /// What a fragment is read against: the stream's init, or the defaults while there is none.
    [[nodiscard]] const contract::StreamInit& init() const noexcept;
    [[nodiscard]] bool may_be_binary() const noexcept;

    void on_init(contract::Checked<contract::StreamInit> init, Actions& out);
    void on_fragment(ParsedFragment fragment, Actions& out);
    void on_pause(const contract::Checked<contract::StreamControl>& pause, Actions& out);
    void on_resume(const contract::Checked<contract::StreamControl>& resume, Actions& out);
    void on_end(const contract::Checked<contract::StreamControl>& end, Actions& out);
    void on_error_simulation(contract::Checked<contract::ErrorSimulation> simulation, Actions& out);
    void on_simulate_disconnect(contract::Checked<contract::SimulateDisconnect> request,
                                Actions& out);

    /// The answer to OpenStream; one that nobody waits for any more changes nothing.
    void on_opened(std::uint64_t serial, tl::expected<void, Refusal> opened, Actions& out);
    /// The answer to StartFragment.
    void on_finished(std::uint64_t serial, FinishedFragment finished, Actions& out);

    [[nodiscard]] std::optional<SteadyTime> next_wake() const;
    void on_time(Actions& out);

  private:
    struct PendingInit {
        std::uint64_t serial = 0;
        contract::StreamInit init;
        std::string session_id;
        std::optional<Seat> seat;  // nullopt: takes over the one of the stream it replaces
        SteadyTime give_up;
    };

    [[nodiscard]] bool has_live_stream() const { return stream_ && !stream_->is_over(); }
    /// The first of the states (1.4): asked for, and not answered yet.
    [[nodiscard]] bool is_initializing() const { return pending_ && !has_live_stream(); }
    /// Whether there is a stream for `message`, or will be, and it can be read; says so if not.
    [[nodiscard]] bool check(const contract::Checked<contract::StreamControl>& message,
                             Actions& out) const;
    void begin(PendingInit pending, std::optional<contract::ProcessingError> refusal, Actions& out);
    void end_before_it_began(Actions& out);
    void replace_stream(PendingInit pending, std::optional<contract::ProcessingError> refusal,
                        Seat seat, Actions& out);
    /// Whether the stream has yet to begin; says so in the log, because the event is ignored then.
    [[nodiscard]] bool is_too_early(std::string_view event) const;
    [[nodiscard]] contract::ErrorEvent no_stream_error() const;
    void emit(Message message, Actions& out) const;
    void emit_error(std::string_view code, std::string message, Actions& out) const;
    void emit_error_for(const std::optional<std::string>& stream_id, std::string_view code,
                        std::string message, contract::Dialect dialect, Actions& out) const;

    // Given at construction; outlive this.
    const SessionContext context_;

    std::uint64_t serials_ = 0;  // of everything that is asked for and answered later
    std::optional<LiveStream> stream_;
    std::optional<PendingInit> pending_;
    std::optional<SteadyTime> disconnect_at_;  // simulate:disconnect
    std::string disconnect_reason_;
};

}  // namespace livedub::sts_session
