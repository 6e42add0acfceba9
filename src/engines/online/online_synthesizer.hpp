// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A service that speaks as a Synthesizer: one request for each text, and its answer looked at
// before it goes on air.

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "engines/online/speech_api.hpp"
#include "speech/synthesizer.hpp"

namespace livedub::online {

/// What a voice of SynthesisRequest is to a service, when `language` is spoken. Any thread.
///
/// Errors: kInvalidArgument when there is no such voice.
using VoiceLookup = std::function<Result<Voice>(std::string_view voice, std::string_view language)>;

/// Asks as `api` says, and waits for an answer at most `timeout`; for the rest of one that has
/// begun to come, and then stands still, half as long. An answer that goes on past what the request
/// can use (SynthesisRequest::longest) is not read any further.
///
/// prepare() has a word spoken, within 2 s. A service that refuses it, or answers with something
/// that is no speech, is an error, and so is a language that its model is known not to speak; one
/// that cannot be reached, or has too much to do, may be back when it is needed.
[[nodiscard]] std::unique_ptr<speech::Synthesizer> make_online_synthesizer(
    SpeechApi api, VoiceLookup look_up, std::chrono::milliseconds timeout);

}  // namespace livedub::online
