// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Between Socket.IO events and a session: reads what comes, words what goes.

#pragma once

#include <memory>

#include "sio/event.hpp"
#include "sts_session/action.hpp"
#include "sts_session/session.hpp"

namespace livedub::sts_session {

/// Tells the session what a client sent, and appends to `out` what it asks for. Unknown events are
/// ignored; returns false for them. Takes the attachments out of `event`.
bool dispatch(Session& session, sio::Event& event, Actions& out);

/// The event that carries a message; shared with a result that may be sent again.
[[nodiscard]] std::shared_ptr<const sio::Event> to_event(const Emit& emit);

}  // namespace livedub::sts_session
