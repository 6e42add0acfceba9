// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The messages of a link as Socket.IO events.

#pragma once

#include "sio/event.hpp"
#include "sts_client/link_action.hpp"

namespace livedub::sts_client {

/// With its name, its JSON and its attachments.
[[nodiscard]] sio::Event to_event(action::Send send);

}  // namespace livedub::sts_client
