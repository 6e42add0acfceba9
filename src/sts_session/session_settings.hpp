// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What an operator decides for all sessions (external contract, 1.8, 1.9, 4.3).

#pragma once

#include <chrono>
#include <cstddef>

#include "sts_session/backpressure_level.hpp"

namespace livedub::sts_session {

/// What becomes of a stream whose languages nobody can dub.
enum class UnsupportedLanguage {
    kReject = 1,  // the stream is refused
    kAccept =
        2,  // it is taken and each of its fragments fails: for peers that give up when refused
};

struct SessionSettings {
    std::chrono::milliseconds fragment_timeout{8'000};  // when stream:init does not say
    std::chrono::milliseconds gap_timeout{2'000};       // for a result that waits for missing ones
    std::chrono::milliseconds init_wait{9'000};         // for engines that are still loading
    std::chrono::milliseconds longest_drain{30'000};    // after stream:end
    std::chrono::milliseconds disconnect_delay{5'000};  // after stream:complete
    std::size_t max_queue = 20;                         // outstanding fragments of one stream
    std::size_t rate_per_minute = 0;                    // fragments; 0: not limited
    std::size_t max_streams = 0;                        // initialised ones; 0: not limited
    BackpressureLimits backpressure{};
    UnsupportedLanguage unsupported_language = UnsupportedLanguage::kReject;
    bool has_test_controls = false;
    bool has_stages = true;  // false: echo, which neither recognises, translates nor speaks
};

}  // namespace livedub::sts_session
