// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a message, said so that its sender can mend it.

#pragma once

#include <string>

#include <tl/expected.hpp>

namespace livedub::contract {

struct Violation {
    std::string code;     // "MALFORMED_DATA", "INVALID_CONFIG", "FRAGMENT_TOO_LARGE" (section 1.6)
    std::string field;    // "config.sample_rate_hz", "audio.data_base64"; empty: the whole payload
    std::string message;  // names the field, the value and what is allowed
};

template <typename T>
using Checked = tl::expected<T, Violation>;

}  // namespace livedub::contract
