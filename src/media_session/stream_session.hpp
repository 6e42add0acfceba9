// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One live stream end to end: pulls its input, keeps its timeline, asks for dubs, mixes, and
// publishes its output a constant delay later. One thread owns all of it; everybody else talks to
// it through a mailbox.
//
// The rules it keeps (docs/time.md):
//   - moment t of the timeline leaves at origin + t + delay, whatever the speech side does;
//   - a fragment that is not dubbed 500 ms before it is due plays its original sound;
//   - sound is mixed a third of a second before it is due, so a decision always comes before the
//   mix.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "dubbing/decided_fragment.hpp"
#include "dubbing/dubber.hpp"
#include "media_session/stream_lifecycle.hpp"
#include "media_session/stream_metrics.hpp"
#include "media_session/stream_options.hpp"

namespace livedub {

struct StreamSetup {
    std::string stream_id;
    std::string input_url;
    std::string output_url;
    StreamOptions options;
};

class StreamSession {
  public:
    /// Called on the session's thread, once per fragment, in the order of decision. Must not block
    /// for longer than a short file write.
    using OnDecided = std::function<void(const DecidedFragment&)>;
    struct End {
        std::string why;  // one line for a person
        EndKind kind = EndKind::kPlayedOut;
    };
    /// Called once on the session's thread, just before it ends by itself (not when it is
    /// destroyed).
    using OnEnded = std::function<void(const End&)>;
    /// Called on the session's thread when input begins to come (true) and when it has ended
    /// (false).
    using OnInput = std::function<void(bool is_running)>;

    /// Starts at once. @param dubber May be null when nobody dubs. Outlives the session,
    /// as metrics and clock do.
    StreamSession(StreamSetup setup, Dubber* dubber, StreamMetrics& metrics, const Clock& clock,
                  OnDecided on_decided, OnEnded on_ended, OnInput on_input = {});

    /// Stops: what is buffered is not played out, viewers see the end of the stream. What was not
    /// cut yet becomes a last fragment that plays the original (kStopping) and is given to the
    /// dubber with a deadline that has passed: to be stored, if it does so. At most 4 s.
    ~StreamSession();
    StreamSession(const StreamSession&) = delete;
    StreamSession& operator=(const StreamSession&) = delete;

    /// The media server says that the input has a publisher (again). Any thread.
    void publisher_arrived();

    /// It says that the input has none any more: what it has sent still plays, and the session ends
    /// after the grace period unless a publisher arrives. Any thread.
    void publisher_left();

  private:
    class Worker;
    std::unique_ptr<Worker> worker_;
};

}  // namespace livedub
