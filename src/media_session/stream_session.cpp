// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "media_session/stream_session.hpp"

#include <utility>

#include "media_session/session_worker.hpp"

namespace livedub {

StreamSession::StreamSession(StreamSetup setup, Dubber* dubber, StreamMetrics& metrics,
                             const Clock& clock, OnDecided on_decided, OnEnded on_ended,
                             OnInput on_input)
    : worker_{std::make_unique<Worker>(std::move(setup), dubber, metrics, clock,
                                       std::move(on_decided), std::move(on_ended),
                                       std::move(on_input))} {}

StreamSession::~StreamSession() = default;

void StreamSession::publisher_arrived() {
    worker_->publisher_arrived();
}

void StreamSession::publisher_left() {
    worker_->publisher_left();
}

}  // namespace livedub
