// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The worker program's own half: load the weights, answer for them, and make workers by fork(),
// which shares the weights' memory. One thread, so that fork() is safe; what computes does so in
// the copies.

#pragma once

#include <functional>
#include <memory>

#include "base/result.hpp"
#include "engines/whisper/messages.hpp"

namespace livedub::whisper {

/// True when whoever asked does not want the answer any more. Cheap: asked between any two steps.
using IsCancelled = std::function<bool()>;

/// What one worker computes with; used by one thread.
class Recogniser {
  public:
    Recogniser() = default;
    virtual ~Recogniser() = default;
    Recogniser(const Recogniser&) = delete;
    Recogniser& operator=(const Recogniser&) = delete;

    /// Errors: kCancelled, kInvalidArgument, kExhausted, kInternal.
    [[nodiscard]] virtual Result<Heard> hear(const HearRequest& request,
                                             const IsCancelled& is_cancelled) = 0;
    [[nodiscard]] virtual Result<Measured> measure(const MeasureRequest& request,
                                                   const IsCancelled& is_cancelled) = 0;
};

/// Loaded once. No threads and no computing before make_recogniser(), which is called in a copy.
class Weights {
  public:
    Weights() = default;
    virtual ~Weights() = default;
    Weights(const Weights&) = delete;
    Weights& operator=(const Weights&) = delete;

    [[nodiscard]] virtual Ready describe() const = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<Recogniser>> make_recogniser() = 0;
};

using LoadWeights = std::function<Result<std::unique_ptr<Weights>>()>;

/// Serves whoever is at the other end of `channel` until that end closes. The exit code of the
/// program: 0, or 1 when loading failed.
[[nodiscard]] int serve_weights(int channel, const LoadWeights& load);

}  // namespace livedub::whisper
