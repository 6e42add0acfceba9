// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Errors in the words of the external contract, section 1.6.

#pragma once

#include <string>
#include <string_view>

#include "contract/fragment_messages.hpp"
#include "contract/session_messages.hpp"

namespace livedub::sts_session {

/// An `error` event, without ids.
[[nodiscard]] contract::ErrorEvent make_error_event(std::string_view code, std::string message);

/// The error of a result.
[[nodiscard]] contract::ProcessingError make_processing_error(std::string_view code,
                                                              std::string message);

}  // namespace livedub::sts_session
