// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A fragment's result on its way to the client.

#pragma once

#include <memory>

#include "contract/fragment_messages.hpp"
#include "contract/session_messages.hpp"
#include "sio/event.hpp"

namespace livedub::sts_session {

struct FinishedFragment {
    contract::FragmentProcessed result;  // without its audio once `encoded` is there

    /// The whole message, when a worker has encoded it already; null: encode `result`. Shared,
    /// because a result may be sent again, and never changed.
    std::shared_ptr<const sio::Event> encoded;
};

/// Puts the result into words for a client, which takes as long as its audio is long.
void encode(FinishedFragment& finished, contract::Dialect dialect);
/// The same for one that keeps its parts.
[[nodiscard]] sio::Event to_event(contract::FragmentProcessed result, contract::Dialect dialect);

}  // namespace livedub::sts_session
