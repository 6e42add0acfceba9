// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/session.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "sts_session/error_codes.hpp"
#include "telemetry/log.hpp"

namespace livedub::sts_session {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kNoStream = "there is no stream on this connection; send stream:init";
constexpr std::string_view kNoTestControls = "test controls are off (--enable-test-controls)";

}  // namespace

Session::Session(const SessionContext& context) : context_{context} {}

const contract::StreamInit& Session::init() const noexcept {
    static const contract::StreamInit defaults{};
    return stream_ ? stream_->identity().init : defaults;
}

bool Session::may_be_binary() const noexcept {
    return stream_ && stream_->identity().is_binary;
}

// stream:init -------------------------------------------------------------------------------------

void Session::on_init(contract::Checked<contract::StreamInit> init, Actions& out) {
    if (!init) {
        emit_error(init.error().code, init.error().message, out);
        return;
    }
    const auto now = context_.environment.clock.now();
    PendingInit pending;
    pending.session_id = context_.environment.make_uuid();
    if (init->stream_id.empty()) {
        init->stream_id = pending.session_id;
    }
    if (!has_live_stream()) {
        // A pending one that this replaces gives its seat to it.
        pending.seat =
            pending_ && pending_->seat ? std::move(pending_->seat) : context_.capacity.try_take();
        if (!pending.seat) {
            emit_error_for(init->stream_id, "RATE_LIMIT",
                           fmt::format("{} streams are open already", context_.capacity.taken()),
                           init->dialect, out);
            return;
        }
    }
    pending.serial = ++serials_;
    pending.init = std::move(*init);
    pending.give_up = now + context_.settings.init_wait;
    out.emplace_back(OpenStream{
        .serial = pending.serial,
        .init = pending.init,
        .is_binary = pending.init.binary && pending.init.dialect == contract::Dialect::kNested});
    pending_ = std::move(pending);
}

void Session::on_opened(std::uint64_t serial, tl::expected<void, Refusal> opened, Actions& out) {
    if (!pending_ || pending_->serial != serial) {
        return;
    }
    auto pending = std::move(*pending_);
    pending_.reset();
    if (opened) {
        begin(std::move(pending), std::nullopt, out);
        return;
    }
    auto& refusal = opened.error();
    const bool is_let_in = refusal.code == "UNSUPPORTED_LANGUAGE" &&
                           context_.settings.unsupported_language == UnsupportedLanguage::kAccept;
    if (is_let_in) {
        begin(std::move(pending), make_processing_error(refusal.code, std::move(refusal.message)),
              out);
    } else {
        emit_error_for(pending.init.stream_id, refusal.code, std::move(refusal.message),
                       pending.init.dialect, out);
    }
}

void Session::begin(PendingInit pending, std::optional<contract::ProcessingError> refusal,
                    Actions& out) {
    if (!pending.seat) {
        // The stream it replaces may have ended meanwhile, and another taken the place.
        pending.seat = has_live_stream() ? std::optional{stream_->give_up_seat()}
                                         : context_.capacity.try_take();
    }
    if (!pending.seat) {
        emit_error_for(pending.init.stream_id, "RATE_LIMIT",
                       fmt::format("{} streams are open already", context_.capacity.taken()),
                       pending.init.dialect, out);
        return;
    }
    if (refusal) {
        out.emplace_back(CloseStream{});
    } else {
        out.emplace_back(AdoptStream{});
    }
    auto seat = std::move(*pending.seat);
    replace_stream(std::move(pending), std::move(refusal), std::move(seat), out);
    stream_->greet(out);
}

void Session::end_before_it_began(Actions& out) {
    auto pending = std::move(*pending_);
    pending_.reset();
    // It begins all the same, without a word or a seat: what follows is then as after any end.
    replace_stream(std::move(pending), std::nullopt, Seat{}, out);
    stream_->on_end(out);
}

void Session::replace_stream(PendingInit pending, std::optional<contract::ProcessingError> refusal,
                             Seat seat, Actions& out) {
    StreamIdentity identity;
    identity.is_binary = pending.init.binary && pending.init.dialect == contract::Dialect::kNested;
    identity.init = std::move(pending.init);
    identity.session_id = std::move(pending.session_id);
    identity.refusal = std::move(refusal);
    if (stream_) {
        stream_->let_go(out);
    }
    stream_.reset();
    stream_.emplace(std::move(identity), context_.settings, std::move(seat), context_.environment,
                    context_.observer, serials_);
}

// The stream's events -----------------------------------------------------------------------------

void Session::on_fragment(ParsedFragment fragment, Actions& out) {
    if (stream_) {
        stream_->on_fragment(std::move(fragment), out);
        return;
    }
    // No result slot (1.7): the sequence has not begun.
    auto event = no_stream_error();
    event.fragment_id = fragment ? std::optional{std::move(fragment->fragment_id)}
                                 : std::move(fragment.error().fragment_id);
    emit(std::move(event), out);
}

bool Session::check(const contract::Checked<contract::StreamControl>& message, Actions& out) const {
    if (!is_engaged()) {
        emit(no_stream_error(), out);
        return false;
    }
    if (!message) {
        emit_error(message.error().code, message.error().message, out);
        return false;
    }
    return true;
}

void Session::on_pause(const contract::Checked<contract::StreamControl>& pause, Actions& out) {
    if (check(pause, out) && !is_too_early("stream:pause")) {
        stream_->on_pause();
    }
}

void Session::on_resume(const contract::Checked<contract::StreamControl>& resume, Actions& out) {
    if (check(resume, out) && !is_too_early("stream:resume")) {
        stream_->on_resume();
    }
}

void Session::on_end(const contract::Checked<contract::StreamControl>& end, Actions& out) {
    if (!check(end, out)) {
        return;
    }
    if (is_initializing()) {
        end_before_it_began(out);
    } else {
        pending_.reset();  // what was to take the stream's place is not wanted any more either
        stream_->on_end(out);
    }
}

void Session::on_finished(std::uint64_t serial, FinishedFragment finished, Actions& out) {
    if (stream_) {
        stream_->on_finished(serial, std::move(finished), out);
    }
}

// Test controls -----------------------------------------------------------------------------------

void Session::on_error_simulation(contract::Checked<contract::ErrorSimulation> simulation,
                                  Actions& out) {
    contract::ErrorSimulationAck ack;
    if (!context_.settings.has_test_controls) {
        ack.message = kNoTestControls;
    } else if (!stream_) {
        emit(no_stream_error(), out);
        return;
    } else if (!simulation) {
        emit_error(simulation.error().code, simulation.error().message, out);
        ack.message = simulation.error().message;
    } else {
        ack.is_accepted = true;
        ack.rules_count = static_cast<std::int64_t>(simulation->rules.size());
        ack.message = simulation->enabled ? "errors will be simulated" : "error simulation is off";
        stream_->set_failures(std::move(*simulation));
    }
    emit(std::move(ack), out);
}

void Session::on_simulate_disconnect(contract::Checked<contract::SimulateDisconnect> request,
                                     Actions& out) {
    contract::SimulateDisconnectAck ack;
    ack.status = "rejected";
    if (!context_.settings.has_test_controls) {
        ack.message = kNoTestControls;
    } else if (!request) {
        emit_error(request.error().code, request.error().message, out);
        ack.message = request.error().message;
    } else {
        ack.status = "scheduled";
        ack.disconnect_at_ms = context_.environment.unix_ms() + request->delay_ms;
        ack.message = fmt::format("disconnect in {} ms: {}", request->delay_ms, request->reason);
        disconnect_at_ = context_.environment.clock.now() + milliseconds{request->delay_ms};
        disconnect_reason_ = std::move(request->reason);
    }
    emit(std::move(ack), out);
}

// Time --------------------------------------------------------------------------------------------

std::optional<SteadyTime> Session::next_wake() const {
    auto wake = disconnect_at_;
    const auto earliest = [&wake](std::optional<SteadyTime> time) {
        if (time && (!wake || *time < *wake)) {
            wake = time;
        }
    };
    if (stream_) {
        earliest(stream_->next_wake());
    }
    if (pending_) {
        earliest(pending_->give_up);
    }
    return wake;
}

void Session::on_time(Actions& out) {
    const auto now = context_.environment.clock.now();
    if (stream_) {
        stream_->on_time(out);
    }
    if (pending_ && pending_->give_up <= now) {
        const auto given_up = std::move(*pending_);
        pending_.reset();
        emit_error_for(given_up.init.stream_id, "MODEL_ERROR", "the models are still loading",
                       given_up.init.dialect, out);
    }
    if (disconnect_at_ && *disconnect_at_ <= now) {
        disconnect_at_.reset();
        out.emplace_back(Disconnect{disconnect_reason_});
    }
}

// Small parts -------------------------------------------------------------------------------------

bool Session::is_too_early(std::string_view event) const {
    if (!is_initializing()) {
        return false;
    }
    logger("sts")->info("ignored event={} why=state stream={}", event, pending_->init.stream_id);
    return true;
}

contract::ErrorEvent Session::no_stream_error() const {
    auto event = pending_ ? make_error_event("STREAM_NOT_READY", "wait for stream:ready")
                          : make_error_event("STREAM_NOT_FOUND", std::string{kNoStream});
    event.error_id = context_.environment.make_uuid();
    return event;
}

void Session::emit(Message message, Actions& out) const {
    out.emplace_back(Emit{init().dialect, std::move(message)});
}

void Session::emit_error(std::string_view code, std::string message, Actions& out) const {
    emit_error_for(stream_ ? std::optional{stream_->identity().init.stream_id} : std::nullopt, code,
                   std::move(message), init().dialect, out);
}

void Session::emit_error_for(const std::optional<std::string>& stream_id, std::string_view code,
                             std::string message, contract::Dialect dialect, Actions& out) const {
    auto event = make_error_event(code, std::move(message));
    event.error_id = context_.environment.make_uuid();
    event.stream_id = stream_id;
    out.emplace_back(Emit{dialect, std::move(event)});
}

}  // namespace livedub::sts_session
