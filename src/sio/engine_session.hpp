// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One Engine.IO 4 session as the server sees it: what waits for the client, which transport it goes
// by, and what is due when. Packets and times in, packets and decisions out: no sockets, no clock.

#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "wire/engineio.hpp"

namespace livedub::sio {

enum class EngineTransport {
    kPolling = 1,
    kWebSocket = 2,
};

struct EngineTimes {
    std::chrono::milliseconds ping_interval{25'000};
    std::chrono::milliseconds ping_timeout{10'000};
    std::chrono::milliseconds upgrade_timeout{10'000};
};

class EngineSession {
  public:
    /// What a packet of the client asks of the session's owner.
    enum class Heard {
        kNothing = 1,
        kMessage = 2,   // hand it on
        kProbe = 3,     // answer 3probe on the WebSocket that wants to take over
        kUpgraded = 4,  // that WebSocket is the transport now
        kClose = 5,     // the client leaves
    };

    enum class Due {
        kNothing = 1,
        kUpgradeTimeout = 2,  // drop the WebSocket that wanted to take over
        kPongMissing = 3,     // close, or extend_pong()
        kFinishTimeout = 4,   // close: nobody came for what was left
    };

    /// @param max_buffered Bytes that may wait for the client; one packet is always let in.
    EngineSession(EngineTransport transport, const EngineTimes& times, std::size_t max_buffered,
                  SteadyTime now);

    // From the client

    /// A packet on the transport in use. A POST that was under way when the WebSocket took over
    /// counts as such. Errors: kProtocol.
    [[nodiscard]] Result<Heard> hear(const wire::EngineIoPacket& packet, SteadyTime now);

    /// A WebSocket wants to take over. False when this is not the time for it.
    [[nodiscard]] bool begin_upgrade(SteadyTime now);
    /// A packet on that WebSocket. Errors: kProtocol; the WebSocket is to be dropped then.
    [[nodiscard]] Result<Heard> hear_candidate(const wire::EngineIoPacket& packet);
    /// That WebSocket is gone without having taken over.
    void abandon_upgrade();

    // To the client

    /// Queues a packet. False: too much waits already, and it was not taken.
    [[nodiscard]] bool send(wire::EngineIoPacket packet);
    /// Nothing may be queued any more, and the session is over once the client has everything.
    void finish(SteadyTime now);
    /// The answer to a GET; empty: nothing to say yet. While a WebSocket takes over, and
    /// afterwards, only ever a noop: what goes both ways at once could be reordered.
    [[nodiscard]] std::vector<wire::EngineIoPacket> take_for_poll();
    /// The next packet for the WebSocket in use.
    [[nodiscard]] std::optional<wire::EngineIoPacket> take_for_web_socket();

    // Time

    [[nodiscard]] SteadyTime next_deadline() const;
    /// What is due. A ping is queued by this, not reported.
    [[nodiscard]] Due on_time(SteadyTime now);
    /// The client is alive but busy sending something large.
    void extend_pong(SteadyTime now);

    [[nodiscard]] EngineTransport transport() const noexcept { return transport_; }
    [[nodiscard]] bool is_finishing() const noexcept { return finish_by_ != SteadyTime::max(); }
    /// Finishing, and the client has everything.
    [[nodiscard]] bool is_finished() const noexcept { return is_finishing() && outbox_.empty(); }

  private:
    void push(wire::EngineIoPacket packet);
    wire::EngineIoPacket pop();

    const EngineTimes times_;
    const std::size_t max_buffered_;
    EngineTransport transport_;
    bool has_probed_ = false;
    std::deque<wire::EngineIoPacket> outbox_;
    std::size_t buffered_ = 0;  // the cost of outbox_
    // max(): not awaited.
    SteadyTime ping_at_;
    SteadyTime pong_by_ = SteadyTime::max();
    SteadyTime upgrade_by_ = SteadyTime::max();
    SteadyTime finish_by_ = SteadyTime::max();
};

}  // namespace livedub::sio
