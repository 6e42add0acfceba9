// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A Dubber over Socket.IO: one connection and one session with the speech service for each stream.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <prometheus/registry.h>

#include "base/result.hpp"
#include "dubbing/dubber.hpp"
#include "sts_client/circuit_breaker.hpp"
#include "sts_client/link_config.hpp"

namespace livedub::net {
class IoThread;
}

namespace livedub::sts_client {

struct StsClientConfig {
    std::string url = "http://localhost:3000";
    std::string path = "/socket.io/";
    std::string name_space = "/";
    std::string api_key;  // empty: none is sent
    bool verify_certificate = true;
    LinkConfig link;

    /// How long the destructor of the Dubber lets sessions that have ended say goodbye.
    std::chrono::milliseconds shutdown_wait{3'000};

    /// A dub that came when its fragment was decided already: to be stored, not played. On the io
    /// thread: must not block. May be empty.
    std::function<void(const std::string& stream_id, std::uint64_t fragment, ClipBytes clip)>
        on_late_clip;

    /// A result with sound came, or was decoded, when its fragment was decided already: to be
    /// counted, whether or not there is a clip to store. Once each; on the io thread: must not
    /// block. May be empty.
    std::function<void(const std::string& stream_id)> on_late_result;

    /// With WhenExhausted::kStop: no further attempt will be made for this stream. On the io
    /// thread: must not block. May be empty.
    std::function<void(const std::string& stream_id)> on_exhausted;
};

class StsDubber final : public Dubber {
  public:
    /// Exports its families into `registry` at once. `io` and `registry` outlive it.
    StsDubber(net::IoThread& io, StsClientConfig config, prometheus::Registry& registry);

    /// All sessions are gone by now. Waits at most shutdown_wait for their goodbyes, then closes
    /// what is left. Not on the io thread.
    ~StsDubber() override;
    StsDubber(const StsDubber&) = delete;
    StsDubber& operator=(const StsDubber&) = delete;

    [[nodiscard]] std::string describe() const override;

    /// Returns at once, whether or not the service is there: until it is, fragments play the
    /// original. Never fails. A session's outcomes come on the io thread; destroying it waits for
    /// the io thread, not for the service.
    [[nodiscard]] Result<std::unique_ptr<DubSession>> open(DubOptions options,
                                                           OnOutcome on_outcome) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace livedub::sts_client
