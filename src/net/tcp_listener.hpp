// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A listening TCP socket that hands on what it accepts. For .cpp files: it includes Asio.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "net/asio.hpp"
#include "net/io_thread.hpp"

namespace livedub::net {

class TcpListener {
  public:
    using OnAccept = std::function<void(Tcp::socket)>;

    /// Binds and listens. Port 0 takes any free one. Accepting begins with start(). Any thread.
    ///
    /// Errors: kInvalidArgument when `host` is no address of this machine, kUnavailable when the
    /// port is in use; both name address and port.
    [[nodiscard]] static Result<std::unique_ptr<TcpListener>> open(IoThread& io,
                                                                   const std::string& host,
                                                                   std::uint16_t port);

    /// Hands every connection to `on_accept`, on the io thread, until close(). Any thread.
    void start(OnAccept on_accept);

    /// Io thread only. on_accept is not called any more.
    void close();

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  private:
    struct State;
    TcpListener(std::shared_ptr<State> state, std::uint16_t port);

    // Held by pending handlers too, which may outlive this by one turn of the loop.
    std::shared_ptr<State> state_;
    std::uint16_t port_;
};

}  // namespace livedub::net
