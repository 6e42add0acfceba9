// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What a session cannot know by itself, so that tests can tell it.

#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.hpp"

namespace livedub::sts_session {

struct Environment {
    const Clock& clock;                      // outlives its users
    std::function<std::int64_t()> unix_ms;   // the time of day
    std::function<std::string()> make_uuid;  // version 4
};

/// The real one, around `clock`.
[[nodiscard]] Environment make_environment(const Clock& clock);

}  // namespace livedub::sts_session
