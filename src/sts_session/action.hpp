// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What a session asks for: messages to send, work to begin and to end. The session itself neither
// sends nor works; whoever drives it does what the list says, in its order.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "contract/fragment_messages.hpp"
#include "contract/session_messages.hpp"
#include "sts_session/finished_fragment.hpp"

namespace livedub::sts_session {

using Message =
    std::variant<contract::StreamReady, contract::FragmentAck, contract::StreamComplete,
                 contract::Backpressure, contract::ErrorEvent, contract::ErrorSimulationAck,
                 contract::SimulateDisconnectAck, FinishedFragment>;

struct Emit {
    contract::Dialect dialect = contract::Dialect::kNested;
    Message message;
};

/// Ask the processor for a stream; answer with Session::on_opened().
struct OpenStream {
    std::uint64_t serial = 0;
    contract::StreamInit init;
    bool is_binary = false;  // results carry bytes

    /// Becomes true when nobody waits for the answer any more; null: somebody always does. Shared
    /// with whoever asks.
    std::shared_ptr<const std::atomic<bool>> is_given_up{};
};

/// The processor's open stream belongs to the session now: on_opened() took it. What was there
/// before is closed.
struct AdoptStream {};

/// Begin to work on a fragment of the adopted stream; answer with Session::on_finished(), once, not
/// much later than its deadline.
struct StartFragment {
    std::uint64_t serial = 0;
    contract::FragmentData data;
    SteadyTime received;
    SteadyTime deadline;
};

/// Drop the adopted stream and all its work.
struct CloseStream {};

/// Leave the namespace and close the transport.
struct Disconnect {
    std::string reason;
};

using Action = std::variant<Emit, OpenStream, AdoptStream, StartFragment, CloseStream, Disconnect>;
using Actions = std::vector<Action>;

}  // namespace livedub::sts_session
