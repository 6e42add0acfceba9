// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/error_codes.hpp"

#include <utility>

#include "contract/error_codes.hpp"

namespace livedub::sts_session {

contract::ErrorEvent make_error_event(std::string_view code, std::string message) {
    contract::ErrorEvent event;
    event.code = code;
    event.message = std::move(message);
    event.severity = contract::severity_of(code);
    event.retryable = contract::is_retryable(code);
    return event;
}

contract::ProcessingError make_processing_error(std::string_view code, std::string message) {
    contract::ProcessingError error;
    error.code = code;
    error.message = std::move(message);
    error.retryable = contract::is_retryable(code);
    return error;
}

}  // namespace livedub::sts_session
