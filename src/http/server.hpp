// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A small HTTP/1.1 server. Handlers answer at once, later, or take the connection over as a
// WebSocket; sizes, times and the number of connections are bounded; keep-alive is honoured.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"
#include "http/query.hpp"

namespace livedub::net {
class IoThread;
}

namespace livedub::http {

struct Limits {
    /// Beyond it, the connection that has waited longest for a request to come makes room,
    /// strangers before those that were served; if all are busy, the new one is closed. WebSockets
    /// do not count.
    std::size_t connections = 64;
    std::uint32_t header_bytes = 16 * 1024;
    std::uint64_t body_bytes = std::uint64_t{64} * 1024;
    /// From the first moment to the end of a request's head; likewise for the next one.
    std::chrono::milliseconds timeout{10'000};
    /// For a body to come, and for an answer to leave. Zero: as timeout.
    std::chrono::milliseconds transfer_timeout{0};
    /// Of all bodies that are coming in at once; a request beyond it is answered 503. Zero: no
    /// limit but what the others make.
    std::uint64_t total_body_bytes = 0;
};

class Server {
  public:
    /// Serves until destruction. `io`, and what the handler touches, outlive the server.
    ///
    /// Errors: kUnavailable (port in use) and kInvalidArgument (no such address), with address and
    /// port.
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(net::IoThread& io,
                                                               const std::string& host,
                                                               std::uint16_t port, Handler handler,
                                                               const Limits& limits = {});
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(net::IoThread& io,
                                                               const std::string& host,
                                                               std::uint16_t port,
                                                               Handlers handlers,
                                                               const Limits& limits = {});

    /// Closes every connection; the handler is not called any more. Not on the io thread.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;

  private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace livedub::http
