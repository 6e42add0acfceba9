// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A transcription service as a recogniser: one request for each stretch of speech.

#pragma once

#include <chrono>
#include <memory>

#include "engines/online/transcription_api.hpp"
#include "speech/transcriber.hpp"

namespace livedub::online {

/// Asks `service`, and waits for an answer at most `timeout`. A service whose model knows nothing
/// of words and segments is asked again for the text alone, once and for all.
///
/// A session of a new language begins with a second of silence that is sent, within 2 s. A service
/// that refuses it, or answers with something else, is an error; one that cannot be reached, or has
/// too much to do, may be back when it is needed.
[[nodiscard]] std::unique_ptr<speech::TranscriptionModel> make_online_recogniser(
    TranscriptionService service, std::chrono::milliseconds timeout);

}  // namespace livedub::online
