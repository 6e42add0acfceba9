// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The speech-to-speech service on the network: sessions over Socket.IO, driven on the io thread. It
// answers what the session says at once and never waits for the work.

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <prometheus/registry.h>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/server.hpp"
#include "sio/server.hpp"
#include "sts_session/fragment_processor.hpp"
#include "sts_session/session_settings.hpp"
#include "sts_session/sts_metrics.hpp"

namespace livedub::net {
class IoThread;
}

namespace livedub::sts_session {

struct SpeechServerConfig {
    std::string host;
    std::uint16_t port = 0;  // 0: any free one
    sio::ServerConfig sio;
    SessionSettings session;
    std::string api_key;                              // empty: nobody is asked
    std::chrono::milliseconds idle_timeout{300'000};  // for stream:init to come; 0: for ever
};

/// What the server uses; outlives it.
struct SpeechServerParts {
    net::IoThread& io;
    const Clock& clock;
    FragmentProcessor& processor;
    StsMetrics& metrics;
    prometheus::Registry& registry;
};

class SpeechServer {
  public:
    /// @param pages Answers whatever is no Socket.IO.
    ///
    /// Errors: as sio::Server::start().
    [[nodiscard]] static Result<std::unique_ptr<SpeechServer>> start(const SpeechServerParts& parts,
                                                                     SpeechServerConfig config,
                                                                     http::Handler pages);

    /// Closes all connections and abandons their work. Not on the io thread.
    ~SpeechServer();
    SpeechServer(const SpeechServer&) = delete;
    SpeechServer& operator=(const SpeechServer&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;

  private:
    struct Impl;
    explicit SpeechServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace livedub::sts_session
