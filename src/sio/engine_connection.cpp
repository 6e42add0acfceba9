// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/engine_connection.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "sio/engine_request.hpp"
#include "wire/websocket.hpp"

namespace livedub::sio {
namespace {

using wire::EngineIoPacket;
using wire::EngineIoType;

constexpr char kSeparator = '\x1e';
/// Of a message before its client was let in: enough for whatever it has to show.
constexpr std::size_t kMostOfStrangers = std::size_t{64} << 10U;
/// A request that takes longer than this was given up by the server (ServerConfig's transfer).
constexpr std::chrono::seconds kLongestPost{30};
/// More packets in one body are no honest client's.
constexpr std::ptrdiff_t kMostPacketsPerPost = 4096;

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

EngineIoPacket make_packet(EngineIoType type, wire::Slice payload = {}) {
    return {.type = type, .payload = std::move(payload)};
}

http::Response text(std::string body) {
    return {.content_type = "text/plain; charset=UTF-8", .body = std::move(body)};
}

http::Response payload(const std::vector<EngineIoPacket>& packets) {
    return text(wire::encode_engineio_payload(packets));
}

std::uint16_t code_for(CloseReason reason) {
    switch (reason) {
        case CloseReason::kShutdown:
            return net::kGoingAway;
        case CloseReason::kMalformed:
        case CloseReason::kTooLarge:
        case CloseReason::kConnectTimeout:
            return net::kPolicyViolation;
        default:
            return net::kNormalClosure;
    }
}

}  // namespace

EngineConnection::EngineConnection(net::asio::io_context& context, EngineTransport transport,
                                   std::string sid, const EngineLimits& limits, EngineEvents events)
    : sid_{std::move(sid)},
      limits_{limits},
      events_{std::move(events)},
      session_{transport, limits.times, limits.max_buffered, now()},
      timer_{context},
      most_bytes_{std::min(limits.max_payload, kMostOfStrangers)} {}

std::string EngineConnection::open_packet() const {
    const bool may_upgrade = session_.transport() == EngineTransport::kPolling;
    return wire::encode_engineio(make_packet(
        EngineIoType::kOpen,
        wire::encode_handshake({.sid = sid_,
                                .upgrades = may_upgrade ? std::vector<std::string>{"websocket"}
                                                        : std::vector<std::string>{},
                                .ping_interval = limits_.times.ping_interval,
                                .ping_timeout = limits_.times.ping_timeout,
                                .max_payload = limits_.max_payload})));
}

void EngineConnection::open_polling(const http::Respond& respond) {
    respond(text(open_packet()));
    arm_timer();
}

void EngineConnection::open_web_socket(const http::AcceptUpgrade& accept) {
    web_socket_ = take(accept);
    static_cast<void>(web_socket_->send(net::WebSocketKind::kText, "", open_packet(), {}));
    arm_timer();
}

std::shared_ptr<net::WebSocket> EngineConnection::take(const http::AcceptUpgrade& accept) {
    const auto weak = weak_from_this();
    return accept({.message_bytes = most_bytes_, .buffered_bytes = limits_.max_buffered},
                  {.on_message =
                       [weak](net::WebSocketKind kind, std::string message) {
                           if (const auto self = weak.lock()) {
                               self->on_web_socket_message(kind, std::move(message));
                           }
                       },
                   .on_close =
                       [weak](std::string_view why, std::uint16_t code) {
                           if (const auto self = weak.lock()) {
                               self->on_web_socket_close(why, code);
                           }
                       }});
}

void EngineConnection::poll(http::Respond respond) {
    if (pending_poll_) {  // its client has given it up for this one
        std::exchange(pending_poll_, std::nullopt)
            .value()(payload({make_packet(EngineIoType::kNoop)}));
    }
    respond.on_gone([weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->close(CloseReason::kTransportClosed, "left while polling");
        }
    });
    pending_poll_ = std::move(respond);
    answer_poll();
}

void EngineConnection::post(const std::string& body, const http::Respond& respond) {
    post_by_ = SteadyTime::min();
    if (std::ranges::count(body, kSeparator) >= kMostPacketsPerPost) {
        respond(engine_failure(EngineFailure::kBadRequest));
        close(CloseReason::kMalformed, "too many packets in one request");
        return;
    }
    auto packets = wire::decode_engineio_payload(body);
    if (!packets) {
        respond(engine_failure(EngineFailure::kBadRequest));
        close(CloseReason::kMalformed, packets.error().message());
        return;
    }
    for (auto& packet : *packets) {
        if (!is_closed_) {
            hear(std::move(packet));
        }
    }
    respond(text("ok"));
    flush();
    arm_timer();
}

bool EngineConnection::upgrade(const http::AcceptUpgrade& accept) {
    if (!session_.begin_upgrade(now())) {
        return false;
    }
    web_socket_ = take(accept);
    arm_timer();
    return true;
}

void EngineConnection::on_web_socket_message(net::WebSocketKind kind, std::string message) {
    if (is_closed_) {
        return;
    }
    EngineIoPacket packet{.type = EngineIoType::kMessage, .payload = {}, .is_binary = true};
    if (kind == net::WebSocketKind::kBinary) {
        packet.payload = std::move(message);
    } else {
        auto decoded = wire::decode_engineio(std::move(message));
        if (!decoded) {
            if (session_.transport() == EngineTransport::kWebSocket) {
                close(CloseReason::kMalformed, decoded.error().message());
                return;
            }
            drop_candidate();
            flush();
            arm_timer();
            return;
        }
        packet = std::move(*decoded);
    }
    if (session_.transport() == EngineTransport::kPolling) {
        hear_candidate(packet);
    } else {
        hear(std::move(packet));
    }
    flush();
    arm_timer();
}

void EngineConnection::hear_candidate(const EngineIoPacket& packet) {
    const auto heard = session_.hear_candidate(packet);
    if (!heard) {
        drop_candidate();
    } else if (*heard == EngineSession::Heard::kProbe) {
        static_cast<void>(web_socket_->send(
            net::WebSocketKind::kText, "",
            wire::encode_engineio(make_packet(EngineIoType::kPong, packet.payload)), {}));
    }
}

void EngineConnection::drop_candidate() {
    if (session_.transport() == EngineTransport::kPolling && web_socket_) {
        session_.abandon_upgrade();
        std::exchange(web_socket_, nullptr)->abort();
    }
}

void EngineConnection::on_web_socket_close(std::string_view why, std::uint16_t code) {
    if (is_closed_) {
        return;
    }
    if (session_.transport() == EngineTransport::kPolling) {
        session_.abandon_upgrade();
        web_socket_.reset();
        flush();
        arm_timer();
        return;
    }
    close(code == wire::kWebSocketTooBig ? CloseReason::kTooLarge
          : code != 0                    ? CloseReason::kMalformed
          : session_.is_finishing()      ? CloseReason::kServerDisconnect
                                         : CloseReason::kTransportClosed,
          why);
}

void EngineConnection::trust() {
    most_bytes_ = limits_.max_payload;
    if (web_socket_) {
        web_socket_->set_message_bytes(most_bytes_);
    }
}

void EngineConnection::expect_post() {
    post_by_ = now() + kLongestPost;
}

void EngineConnection::hear(EngineIoPacket packet) {
    const auto heard = session_.hear(packet, now());
    if (!heard) {
        close(CloseReason::kMalformed, heard.error().message());
    } else if (*heard == EngineSession::Heard::kClose) {
        close(CloseReason::kClientLeft, "");
    } else if (*heard == EngineSession::Heard::kMessage) {
        const auto on_message = events_.on_message;  // the events are dropped by close()
        on_message(std::move(packet));
    }
}

void EngineConnection::send(EngineIoPacket packet) {
    if (is_closed_) {
        return;
    }
    if (!session_.send(std::move(packet))) {
        close(CloseReason::kSlowReader, "too much waits for it");
        return;
    }
    flush();
}

void EngineConnection::finish() {
    if (is_closed_) {
        return;
    }
    drop_candidate();
    session_.finish(now());
    flush();
    if (web_socket_) {
        web_socket_->close(net::kNormalClosure);
    }
    arm_timer();
}

void EngineConnection::close(CloseReason reason, std::string_view detail) {
    if (std::exchange(is_closed_, true)) {
        return;
    }
    const auto self = shared_from_this();
    timer_.cancel();
    if (const auto web_socket = std::exchange(web_socket_, nullptr)) {
        if (reason == CloseReason::kPingTimeout || reason == CloseReason::kSlowReader) {
            web_socket->abort();  // it would not read a farewell
        } else {
            web_socket->close(code_for(reason));
        }
    }
    if (const auto pending = std::exchange(pending_poll_, std::nullopt)) {
        const bool knows = reason == CloseReason::kClientLeft;
        (*pending)(payload({make_packet(knows ? EngineIoType::kNoop : EngineIoType::kClose)}));
    }
    const auto events = std::exchange(events_, {});
    events.on_close(reason, detail);
}

void EngineConnection::flush() {
    if (is_closed_) {
        return;
    }
    flush_web_socket();
    answer_poll();
}

void EngineConnection::flush_web_socket() {
    while (auto packet = session_.take_for_web_socket()) {
        const char type = static_cast<char>(packet->type);
        const bool is_taken =
            packet->is_binary
                ? web_socket_->send(net::WebSocketKind::kBinary, "",
                                    std::move(packet->payload).take(), {})
                : web_socket_->send(net::WebSocketKind::kText, {&type, 1},
                                    std::move(packet->payload).take(), std::move(packet->inset));
        if (!is_taken) {
            close(CloseReason::kSlowReader, "too much waits for it");
            return;
        }
    }
}

void EngineConnection::answer_poll() {
    if (is_closed_ || !pending_poll_) {
        return;
    }
    const auto packets = session_.take_for_poll();
    if (packets.empty()) {
        return;
    }
    std::exchange(pending_poll_, std::nullopt).value()(payload(packets));
    if (session_.is_finished() && session_.transport() == EngineTransport::kPolling) {
        close(CloseReason::kServerDisconnect, "");
    }
}

void EngineConnection::arm_timer() {
    const auto deadline = session_.next_deadline();
    if (is_closed_ || deadline == armed_for_) {
        return;
    }
    armed_for_ = deadline;
    timer_.expires_at(deadline);
    timer_.async_wait([weak = weak_from_this()](net::error_code cancelled) {
        const auto self = weak.lock();
        if (!cancelled && self && !self->is_closed_) {
            self->armed_for_ = SteadyTime::max();
            self->on_timer();
        }
    });
}

void EngineConnection::on_timer() {
    switch (session_.on_time(now())) {
        case EngineSession::Due::kNothing:
            break;
        case EngineSession::Due::kUpgradeTimeout:
            drop_candidate();
            break;
        case EngineSession::Due::kPongMissing:
            on_pong_missing();
            break;
        case EngineSession::Due::kFinishTimeout:
            close(CloseReason::kServerDisconnect, "");
            break;
    }
    flush();
    arm_timer();
}

void EngineConnection::on_pong_missing() {
    // A ping or a pong can stand behind a message that takes its time; that is not silence.
    if (now() < post_by_ ||
        (web_socket_ && web_socket_->is_busy(now() - limits_.times.ping_timeout))) {
        session_.extend_pong(now());
        return;
    }
    close(CloseReason::kPingTimeout, "");
}

}  // namespace livedub::sio
