// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The pretend engine (external contract, 1.13): every fragment comes back as it was sent, after a
// delay, and says in its texts that it is an echo.

#pragma once

#include <chrono>
#include <memory>

#include "base/clock.hpp"
#include "speech/deadline_watch.hpp"
#include "sts_session/fragment_processor.hpp"

namespace livedub::sts_session {

class EchoProcessor final : public FragmentProcessor {
  public:
    /// @param delay Of each fragment; those of one stream wait side by side. With none, start()
    /// answers before it returns: copying text is all there is to do.
    EchoProcessor(const Clock& clock, std::chrono::milliseconds delay);

    void open(const OpenStream& request, OnFinished on_finished, OnOpened on_opened) override;

  private:
    class Work;

    // Given at construction; outlive this.
    const Clock& clock_;

    // Constant after construction.
    const std::chrono::milliseconds delay_;

    speech::DeadlineWatch watch_;  // a thread, last: joined first
};

/// What echo answers: the same bytes under the same labels, or INVALID_AUDIO_FORMAT when there are
/// none or they are no base64.
[[nodiscard]] contract::FragmentProcessed echo(contract::FragmentData data,
                                               std::chrono::milliseconds elapsed);

}  // namespace livedub::sts_session
