// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What a client says and understands, without sockets: it takes the packets of any transport and
// the time, and returns what to send and what has happened.

#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "sio/event.hpp"
#include "sio/packet_assembler.hpp"
#include "wire/engineio.hpp"

namespace livedub::sio {

struct Joined {};

/// An Error is the end: nothing fed after it means anything.
using Happening = std::variant<Joined, Event, Error>;

struct Reaction {
    std::vector<wire::EngineIoPacket> send;
    std::vector<Happening> happened;
};

class ClientSession {
  public:
    /// @param auth JSON text of the CONNECT payload, or empty.
    /// @param max_payload Most bytes of one message that are taken or sent.
    ClientSession(std::string name_space, std::string auth, std::size_t max_payload);

    [[nodiscard]] Reaction feed(wire::EngineIoPacket packet, SteadyTime now);

    /// To be sent now, or kept until the namespace is joined.
    [[nodiscard]] Reaction emit(const Event& event);

    /// The server must have said something by then, or it is gone; max() before it has said how
    /// often it will.
    [[nodiscard]] SteadyTime deadline() const;

    /// The last words: leaving the namespace and closing.
    [[nodiscard]] std::vector<wire::EngineIoPacket> leave() const;

    /// Bytes of the events that wait for the namespace to be joined.
    [[nodiscard]] std::size_t kept_bytes() const { return kept_bytes_; }

  private:
    [[nodiscard]] Reaction open(std::string_view payload);
    [[nodiscard]] Reaction read(wire::EngineIoPacket message);
    [[nodiscard]] Reaction read_whole(WholePacket whole);
    [[nodiscard]] Reaction read_event(WholePacket whole);
    [[nodiscard]] Reaction join();
    [[nodiscard]] Reaction too_large(std::size_t bytes) const;

    std::string name_space_;
    std::string auth_;
    std::size_t max_payload_;
    PacketAssembler assembler_;
    SteadyDuration silence_ = SteadyDuration::max();  // most that may pass between packets
    SteadyTime last_heard_;
    bool is_open_ = false;
    bool is_joined_ = false;

    std::vector<wire::EngineIoPacket> kept_;  // emitted before the namespace was joined
    std::size_t kept_bytes_ = 0;
    std::size_t largest_kept_ = 0;  // event; the server's limit was not known then
    std::vector<Happening> early_;  // a server's connect handler may speak before CONNECT is sent
    std::size_t early_bytes_ = 0;
};

}  // namespace livedub::sio
