// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The synthesis port: text in, speech out, at a wished speed.

#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "media/pcm_chunk.hpp"
#include "media/stream_time.hpp"

namespace livedub::speech {

struct SynthesisRequest {
    std::string text;
    std::string language;  // BCP 47
    std::string voice = "default";
    double speed = 1.0;  // times the voice's natural rate; engines come as close as they can
    /// Speech that lasts longer is of no use: of such an engine may give the beginning alone, as
    /// soon as it lasts longer than this. Zero: all of it is wanted.
    StreamDuration longest{};
};

/// What no engine speaks. Errors: kInvalidArgument (more than 16 KiB of text, a speed that is
/// none).
[[nodiscard]] Result<void> check(const SynthesisRequest& request);

/// Thread-safe: an engine with process-global state serialises its callers itself.
class Synthesizer {
  public:
    Synthesizer() = default;
    virtual ~Synthesizer() = default;
    Synthesizer(const Synthesizer&) = delete;
    Synthesizer& operator=(const Synthesizer&) = delete;

    [[nodiscard]] virtual std::string_view name() const noexcept = 0;

    /// How often one text is worth being asked for until its speed fits: 1 where there is but one
    /// speed; few where each time costs money and a part of the time there is.
    [[nodiscard]] virtual int most_tries() const noexcept { return 9; }

    /// Errors: kInvalidArgument when the language has no voice; never another language instead.
    [[nodiscard]] virtual Result<void> prepare(std::string_view language,
                                               std::string_view voice) = 0;

    /// Speaks `request.text`: mono, at the engine's own rate, starting at time zero, with at most
    /// 20 ms of silence at either end. If `stop` fires it returns within 100 ms with kCancelled.
    ///
    /// Errors: kInvalidArgument (language, empty text), kUnavailable (may work later),
    /// kExhausted (memory; or a service, see rate_limit.hpp), kTimeout, kCancelled, kInternal.
    virtual Result<PcmChunk> synthesise(const SynthesisRequest& request,
                                        const std::stop_token& stop) = 0;
};

}  // namespace livedub::speech
