// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/environment.hpp"

#include <chrono>

#include "base/uuid.hpp"

namespace livedub::sts_session {

Environment make_environment(const Clock& clock) {
    return {.clock = clock,
            .unix_ms =
                [] {
                    return std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                        .count();
                },
            .make_uuid = make_uuid4};
}

}  // namespace livedub::sts_session
