// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What results and errors mean to a stream: values in, DubOutcome out.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "contract/fragment_messages.hpp"
#include "contract/session_messages.hpp"
#include "dubbing/dubber.hpp"
#include "sts_client/link_action.hpp"

namespace livedub::sts_client {

/// What the clip of a fragment in `stream` format is like; {} stays {}.
[[nodiscard]] PcmFormat clip_format(const PcmFormat& stream) noexcept;

/// The words, timings and numbers of a result, its sound and its verdict left out. Each text is one
/// phrase over the whole fragment: the protocol does not say where in it the words are.
[[nodiscard]] DubOutcome describe_result(const contract::FragmentProcessed& result,
                                         std::uint64_t number, const FragmentShape& shape);

/// What a peer says, fit for one line of a log: no control characters, and not endless.
[[nodiscard]] std::string one_line(std::string_view text);

/// Makes it a kFailed one: detail "code: message".
void mark_failed(DubOutcome& outcome, std::string_view code, std::string_view message,
                 std::string_view stage, bool is_retryable);

/// Makes it one that came to nothing for want of an answer (kTimeout, kDeadline).
void mark_unanswered(DubOutcome& outcome, FallbackReason reason, std::string detail);

/// Whether the server has no session of ours any more.
[[nodiscard]] bool needs_new_session(std::string_view code) noexcept;

/// Whether an `error` event that answers stream:init refuses it. Codes about fragments are left
/// over from the session before.
[[nodiscard]] bool refuses_session(const contract::ErrorEvent& error) noexcept;

}  // namespace livedub::sts_client
