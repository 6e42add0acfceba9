// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Who may connect (external contract, 1.2).

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace livedub::sts_session {

/// The two places where a client may show its key.
struct Credentials {
    std::string auth;           // JSON text of the CONNECT payload
    std::string authorization;  // the Authorization header; empty when there is none
};

/// Whether `key` is in one of them; an empty key lets everybody in. Takes as long for a wrong key
/// as for the right one.
[[nodiscard]] bool is_authorised(const Credentials& credentials, std::string_view key);

/// Compares in a time that depends on the lengths only.
[[nodiscard]] bool is_same_secret(std::string_view one, std::string_view other) noexcept;

}  // namespace livedub::sts_session
