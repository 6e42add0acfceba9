// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Hears what sessions do, for whoever counts it.

#pragma once

#include <string>
#include <string_view>

#include "sts_session/finished_fragment.hpp"

namespace livedub::sts_session {

/// Called on the thread that drives the session; must not block.
class SessionObserver {
  public:
    SessionObserver() = default;
    virtual ~SessionObserver() = default;
    SessionObserver(const SessionObserver&) = delete;
    SessionObserver& operator=(const SessionObserver&) = delete;

    virtual void on_stream_begin(const std::string& stream_id) = 0;
    /// Once for each begin, whatever ends it.
    virtual void on_stream_end(const std::string& stream_id) = 0;

    /// Changes against the last call: fragments outstanding, and those that nobody works on yet.
    virtual void on_load(const std::string& stream_id, int outstanding, int waiting) = 0;

    /// A result was sent, once per fragment.
    virtual void on_delivered(const std::string& stream_id, const FinishedFragment& finished) = 0;

    /// "duplicate", "out_of_order", "gap", "invalid".
    virtual void on_sequence_event(std::string_view kind) = 0;
    virtual void on_backpressure(std::string_view severity) = 0;
};

}  // namespace livedub::sts_session
