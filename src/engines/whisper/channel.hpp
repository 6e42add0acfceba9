// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Messages over a pair of sockets: a header of kind and length, then the body.

#pragma once

#include <stop_token>
#include <utility>

#include "base/clock.hpp"
#include "base/owned_fd.hpp"
#include "base/result.hpp"
#include "engines/whisper/messages.hpp"

namespace livedub::whisper {

/// No deadline at all.
inline constexpr SteadyTime kForever = SteadyTime::max();

struct Received {
    Message message;
    OwnedFd descriptor;  // that came with it, if one did
};

/// Two connected ends, close-on-exec.
///
/// Errors: kExhausted.
[[nodiscard]] Result<std::pair<OwnedFd, OwnedFd>> make_channel();

// Both wait, but notice `stop` within 10 ms. After an error the channel is out of step.
// Errors: kUnavailable (the other end has gone), kTimeout, kCancelled, kProtocol.

/// @param passed A descriptor that the other end gets a copy of; -1: none.
[[nodiscard]] Result<void> send_message(int fd, const Message& message, SteadyTime deadline,
                                        const std::stop_token& stop, int passed = -1);

[[nodiscard]] Result<Received> receive_message(int fd, SteadyTime deadline,
                                               const std::stop_token& stop);

/// Whether something has come that was not asked for, or the other end has gone. Does not wait.
[[nodiscard]] bool has_news(int fd);

}  // namespace livedub::whisper
