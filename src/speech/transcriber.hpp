// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The recognition port: speech in, words with their times out.

#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "dubbing/dubber.hpp"
#include "media/pcm_chunk.hpp"

namespace livedub::speech {

/// What recognition works on: 16 kHz mono.
inline constexpr PcmFormat kRecognitionFormat{.sample_rate_hz = 16'000, .channels = 1};

/// What is known of a stream before anybody speaks in it.
struct TranscriptionOptions {
    std::string language = "en";              // BCP 47, in lower case
    std::vector<std::string> domain_hints{};  // "sports", "news", ...: what it is about
};

/// Recognises the speech of one stream. Not thread-safe: one call at a time, from any thread.
class TranscriptionSession {
  public:
    TranscriptionSession() = default;
    virtual ~TranscriptionSession() = default;
    TranscriptionSession(const TranscriptionSession&) = delete;
    TranscriptionSession& operator=(const TranscriptionSession&) = delete;

    /// Turns `speech` into words in time order, on the timeline of `speech`. Silence gives an empty
    /// vector, which is not an error. Texts are as the engine gives them: case and stops may be
    /// absent.
    ///
    /// Blocks for roughly duration x real-time factor. If `stop` fires it returns within 100 ms
    /// with kCancelled and the session stays usable.
    ///
    /// @param speech In kRecognitionFormat, 0.1 s to 60 s.
    ///
    /// Errors: kInvalidArgument (format or length), kExhausted (memory; or a service, see
    /// rate_limit.hpp), kUnavailable (may work later), kTimeout, kCancelled, kInternal.
    virtual Result<std::vector<Phrase>> transcribe(const PcmChunk& speech,
                                                   const std::stop_token& stop) = 0;
};

/// Loaded weights. Immutable and thread-safe; must outlive its sessions.
class TranscriptionModel {
  public:
    TranscriptionModel() = default;
    virtual ~TranscriptionModel() = default;
    TranscriptionModel(const TranscriptionModel&) = delete;
    TranscriptionModel& operator=(const TranscriptionModel&) = delete;

    /// "pocketsphinx-en-us": what results and the banner say.
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;

    [[nodiscard]] virtual bool supports(std::string_view language) const = 0;

    /// Errors: kExhausted when there is no memory for another session.
    [[nodiscard]] virtual Result<std::unique_ptr<TranscriptionSession>> open_session(
        const TranscriptionOptions& options) const = 0;
};

}  // namespace livedub::speech
