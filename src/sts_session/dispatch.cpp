// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/dispatch.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace livedub::sts_session {
namespace {

using Apply = void (*)(Session&, sio::Event&, Actions&);

void apply_init(Session& session, sio::Event& event, Actions& out) {
    session.on_init(contract::parse_stream_init(event.argument), out);
}
void apply_fragment(Session& session, sio::Event& event, Actions& out) {
    session.on_fragment(
        contract::parse_fragment_data(std::move(event.argument), std::span{event.attachments},
                                      session.init(), session.may_be_binary()),
        out);
}
void apply_pause(Session& session, sio::Event& event, Actions& out) {
    session.on_pause(contract::parse_stream_control(event.argument), out);
}
void apply_resume(Session& session, sio::Event& event, Actions& out) {
    session.on_resume(contract::parse_stream_control(event.argument), out);
}
void apply_end(Session& session, sio::Event& event, Actions& out) {
    session.on_end(contract::parse_stream_control(event.argument), out);
}
void apply_error_simulation(Session& session, sio::Event& event, Actions& out) {
    session.on_error_simulation(contract::parse_error_simulation(event.argument), out);
}
void apply_simulate_disconnect(Session& session, sio::Event& event, Actions& out) {
    session.on_simulate_disconnect(contract::parse_simulate_disconnect(event.argument), out);
}
/// A client's word that it has a result: nothing depends on it.
void ignore(Session& /*session*/, sio::Event& /*event*/, Actions& /*out*/) {}

struct ToEvent {
    contract::Dialect dialect;

    sio::Event operator()(const contract::StreamReady& ready) const {
        return {.name = "stream:ready", .argument = to_json(ready), .attachments = {}};
    }
    sio::Event operator()(const contract::FragmentAck& ack) const {
        return {.name = "fragment:ack", .argument = to_json(ack), .attachments = {}};
    }
    sio::Event operator()(const contract::StreamComplete& complete) const {
        return {.name = "stream:complete", .argument = to_json(complete), .attachments = {}};
    }
    sio::Event operator()(const contract::Backpressure& event) const {
        const auto* const name =
            dialect == contract::Dialect::kFlat ? "backpressure:state" : "backpressure";
        return {.name = name, .argument = to_json(event), .attachments = {}};
    }
    sio::Event operator()(const contract::ErrorEvent& error) const {
        return {.name = "error", .argument = to_json(error), .attachments = {}};
    }
    sio::Event operator()(const contract::ErrorSimulationAck& ack) const {
        return {.name = "config:error_simulation:ack", .argument = to_json(ack), .attachments = {}};
    }
    sio::Event operator()(const contract::SimulateDisconnectAck& ack) const {
        return {.name = "simulate:disconnect:ack", .argument = to_json(ack), .attachments = {}};
    }
    sio::Event operator()(const FinishedFragment& finished) const {
        return to_event(finished.result, dialect);
    }
};

}  // namespace

bool dispatch(Session& session, sio::Event& event, Actions& out) {
    static const std::map<std::string, Apply, std::less<>> table{
        {"stream:init", apply_init},
        {"fragment:data", apply_fragment},
        {"fragment:ack", ignore},
        {"stream:pause", apply_pause},
        {"stream:resume", apply_resume},
        {"stream:end", apply_end},
        {"config:error_simulation", apply_error_simulation},
        {"simulate:disconnect", apply_simulate_disconnect},
    };
    const auto found = table.find(event.name);
    if (found == table.end()) {
        return false;
    }
    found->second(session, event, out);
    return true;
}

std::shared_ptr<const sio::Event> to_event(const Emit& emit) {
    if (const auto* const finished = std::get_if<FinishedFragment>(&emit.message);
        finished != nullptr && finished->encoded) {
        return finished->encoded;
    }
    return std::make_shared<const sio::Event>(std::visit(ToEvent{emit.dialect}, emit.message));
}

}  // namespace livedub::sts_session
