// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The name of a stream as clients say it, in two places (the app of "connect" and the stream name
// of "publish" or "play") that each of them splits differently, either with a query behind it.

#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace livedub::rtmp {

struct StreamName {
    std::string path;   // "live/demo/in": two or more parts, no slash at the ends
    std::string query;  // "lang=es&voice=x", without the question mark; both places joined

    friend bool operator==(const StreamName&, const StreamName&) = default;

    /// Joins what the client said.
    ///
    /// Errors: kInvalidArgument when fewer than two parts are left, the path is longer than 255
    /// characters or has one outside [0-9A-Za-z_.~:-], or the query has control characters or more
    /// than 2 KiB.
    [[nodiscard]] static Result<StreamName> make(std::string_view app, std::string_view stream);
};

}  // namespace livedub::rtmp
