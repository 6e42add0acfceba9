// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The codes of the external contract, section 1.6, and what goes with each.

#pragma once

#include <string>
#include <string_view>

#include "contract/fragment_messages.hpp"
#include "contract/session_messages.hpp"

namespace livedub::sts_session {

struct CodeTraits {
    std::string_view severity;  // warning, error, fatal
    bool is_retryable;          // a later fragment may succeed
};

/// Codes that are none count as errors that are not worth a retry.
[[nodiscard]] CodeTraits traits_of(std::string_view code) noexcept;

/// An `error` event, without ids.
[[nodiscard]] contract::ErrorEvent make_error_event(std::string_view code, std::string message);

/// The error of a result.
[[nodiscard]] contract::ProcessingError make_processing_error(std::string_view code,
                                                              std::string message);

}  // namespace livedub::sts_session
