// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What should be done about one stream, given what the media server says of its publisher and how
// its sessions end (external contract, 2.2). Decides only: a driver starts and ends the sessions
// that are wanted, and tells what became of them.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "media_session/stream_options.hpp"

namespace livedub {

/// Shown by name in /v1/streams.
enum class StreamState {
    kIdle = 1,      // nobody has published yet
    kStarting = 2,  // waiting for input, or for the next attempt after a failure
    kRunning = 3,
    kDraining = 4,  // the publisher has left; what is buffered plays, and it may come back
    kStopped = 5,
    kDegraded = 6,  // failed too often; waits for the next publisher
};

/// "idle", "starting", ...
[[nodiscard]] std::string_view to_string(StreamState state) noexcept;

/// How a session ended by itself.
enum class EndKind {
    kPlayedOut = 1,    // the publisher left and the grace period is over
    kNoInput = 2,      // none came in time
    kUnsupported = 3,  // this publisher's stream cannot be passed on at all
    kFailed = 4,       // something broke that may work when it is tried again
};

/// A publisher as the media server tells of it.
struct StreamPublisher {
    std::string source_id;  // may be empty where the server has none
    std::string source_type;
    StreamOptions options;
    std::vector<std::string> warnings;  // about options that were not usable
};

/// Not thread-safe.
class StreamLifecycle {
  public:
    struct Wanted {
        std::uint64_t run = 0;       // the session there should be; 0: none
        std::uint64_t presence = 0;  // grows whenever the publisher comes or goes
        bool is_published = false;
    };

    /// The path has a publisher: a new one, or one that was told of before.
    void ready(StreamPublisher publisher, SteadyTime now);

    /// It has none any more. False: that was said of another publisher than the current one, and
    /// is ignored.
    bool not_ready(std::string_view source_id, SteadyTime now);

    /// Whether listed() with a publisher of this id would start something.
    [[nodiscard]] bool is_missing(std::string_view source_id, SteadyTime now) const;

    /// A list of paths that was asked for a moment ago has it. Starts a session where one is
    /// missing and never ends one. False: nothing was missing.
    bool listed(StreamPublisher publisher, SteadyTime now);

    /// Reports of session `run`; late ones of earlier sessions are ignored.
    void input_running(std::uint64_t run);
    void input_gone(std::uint64_t run);
    void ended(std::uint64_t run, EndKind kind, std::string why, SteadyTime now);

    /// No session any more, until another publisher comes.
    void give_up(std::string why, SteadyTime now);

    /// True when a restart was due: another session is wanted from now on.
    bool tick(SteadyTime now);
    [[nodiscard]] std::optional<SteadyTime> restart_at() const noexcept { return restart_at_; }

    [[nodiscard]] Wanted wanted() const noexcept { return {run_, presence_, is_published_}; }
    [[nodiscard]] StreamState state() const noexcept { return state_; }
    /// Has a session, or will have one without anybody's doing.
    [[nodiscard]] bool is_active() const noexcept { return run_ != 0 || restart_at_.has_value(); }
    /// Since when it is not active; nullopt while it is, and before it ever was.
    [[nodiscard]] std::optional<SteadyTime> inactive_since() const noexcept {
        return inactive_since_;
    }
    [[nodiscard]] const StreamPublisher& publisher() const noexcept { return publisher_; }
    /// Why the last session ended; empty before.
    [[nodiscard]] const std::string& why() const noexcept { return why_; }

  private:
    void start();
    void rest(StreamState state, SteadyTime now);
    void plan_restart(SteadyTime now);

    StreamState state_ = StreamState::kIdle;
    StreamPublisher publisher_;
    bool is_published_ = false;
    std::uint64_t presence_ = 0;
    std::uint64_t run_ = 0;
    std::uint64_t runs_ = 0;
    bool is_hopeless_ = false;           // for this publisher
    std::optional<SteadyTime> gone_at_;  // when it was said to have left
    std::optional<SteadyTime> restart_at_;
    std::optional<SteadyTime> inactive_since_;
    std::vector<SteadyTime> restarts_;  // of the last ten minutes
    std::string why_;
};

}  // namespace livedub
