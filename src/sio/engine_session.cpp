// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/engine_session.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace livedub::sio {
namespace {

using wire::EngineIoPacket;
using wire::EngineIoType;

/// What a packet costs besides its bytes, so that many empty ones are bounded too.
constexpr std::size_t kPacketOverhead = 64;
/// python-engineio refuses payloads of more packets.
constexpr std::size_t kMostPacketsPerPoll = 16;
constexpr const char* kProbe = "probe";

std::size_t cost(const EngineIoPacket& packet) {
    return packet.payload.size() + packet.inset.size() + kPacketOverhead;
}

tl::unexpected<Error> out_of_place(EngineIoType type) {
    return fail(ErrorCode::kProtocol,
                std::string{"packet "} + static_cast<char>(type) + " out of place");
}

}  // namespace

EngineSession::EngineSession(EngineTransport transport, const EngineTimes& times,
                             std::size_t max_buffered, SteadyTime now)
    : times_{times},
      max_buffered_{max_buffered},
      transport_{transport},
      ping_at_{now + times.ping_interval} {}

Result<EngineSession::Heard> EngineSession::hear(const EngineIoPacket& packet, SteadyTime now) {
    switch (packet.type) {
        case EngineIoType::kMessage:
            return is_finishing() ? Heard::kNothing : Heard::kMessage;
        case EngineIoType::kPong:
            pong_by_ = SteadyTime::max();
            ping_at_ = now + times_.ping_interval;
            return Heard::kNothing;
        case EngineIoType::kClose:
            return Heard::kClose;
        case EngineIoType::kNoop:
            return Heard::kNothing;
        case EngineIoType::kOpen:
        case EngineIoType::kPing:
        case EngineIoType::kUpgrade:
            break;
    }
    return out_of_place(packet.type);
}

bool EngineSession::begin_upgrade(SteadyTime now) {
    if (transport_ != EngineTransport::kPolling || upgrade_by_ != SteadyTime::max() ||
        is_finishing()) {
        return false;
    }
    upgrade_by_ = now + times_.upgrade_timeout;
    return true;
}

Result<EngineSession::Heard> EngineSession::hear_candidate(const EngineIoPacket& packet) {
    if (packet.type == EngineIoType::kPing && packet.payload == kProbe) {
        has_probed_ = true;
        return Heard::kProbe;
    }
    if (packet.type == EngineIoType::kUpgrade && has_probed_) {
        abandon_upgrade();
        transport_ = EngineTransport::kWebSocket;
        return Heard::kUpgraded;
    }
    return out_of_place(packet.type);
}

void EngineSession::abandon_upgrade() {
    has_probed_ = false;
    upgrade_by_ = SteadyTime::max();
}

bool EngineSession::send(EngineIoPacket packet) {
    if (is_finishing()) {
        return true;
    }
    if (!outbox_.empty() && buffered_ + cost(packet) > max_buffered_) {
        return false;
    }
    push(std::move(packet));
    return true;
}

void EngineSession::finish(SteadyTime now) {
    if (is_finishing()) {
        return;
    }
    abandon_upgrade();
    if (transport_ == EngineTransport::kPolling) {
        push({.type = EngineIoType::kClose, .payload = {}});
    }
    finish_by_ = now + times_.ping_timeout;
}

std::vector<EngineIoPacket> EngineSession::take_for_poll() {
    if (transport_ == EngineTransport::kWebSocket || has_probed_) {
        return {{.type = EngineIoType::kNoop, .payload = {}}};
    }
    std::vector<EngineIoPacket> packets;
    while (!outbox_.empty() && packets.size() < kMostPacketsPerPoll) {
        packets.push_back(pop());
    }
    return packets;
}

std::optional<EngineIoPacket> EngineSession::take_for_web_socket() {
    if (transport_ != EngineTransport::kWebSocket || outbox_.empty()) {
        return std::nullopt;
    }
    return pop();
}

SteadyTime EngineSession::next_deadline() const {
    // No ping while a WebSocket takes over: it would wait, and its pong with it.
    const auto ping = has_probed_ || is_finishing() ? SteadyTime::max() : ping_at_;
    return std::min({ping, pong_by_, upgrade_by_, finish_by_});
}

EngineSession::Due EngineSession::on_time(SteadyTime now) {
    if (now >= finish_by_) {
        return Due::kFinishTimeout;
    }
    if (now >= upgrade_by_) {
        abandon_upgrade();
        return Due::kUpgradeTimeout;
    }
    if (now >= pong_by_) {
        return Due::kPongMissing;
    }
    if (now >= ping_at_ && !has_probed_ && !is_finishing()) {
        push({.type = EngineIoType::kPing, .payload = {}});
        ping_at_ = SteadyTime::max();
        pong_by_ = now + times_.ping_timeout;
    }
    return Due::kNothing;
}

void EngineSession::extend_pong(SteadyTime now) {
    pong_by_ = now + times_.ping_timeout;
}

void EngineSession::push(EngineIoPacket packet) {
    buffered_ += cost(packet);
    outbox_.push_back(std::move(packet));
}

EngineIoPacket EngineSession::pop() {
    buffered_ -= cost(outbox_.front());
    auto packet = std::move(outbox_.front());
    outbox_.pop_front();
    return packet;
}

}  // namespace livedub::sio
