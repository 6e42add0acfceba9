// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A connection to somebody by name: TCP, or TLS over it. One type for both, so that HTTP and
// WebSocket above it are compiled once. For .cpp files: it includes Asio.
//
// Deadlines are the owner's: whatever takes too long is ended by close().

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "net/tls.hpp"

namespace livedub::net {

enum class Security {
    kPlain = 1,
    kTls = 2,            // certificate and name verified against the system's authorities
    kTlsUnverified = 3,  // for tests
};

/// Io thread only. A Beast AsyncStream.
class ClientStream {
  public:
    using executor_type = Tcp::socket::executor_type;  // NOLINT(readability-identifier-naming)
    using OnConnect = std::function<void(Result<void>)>;

    explicit ClientStream(asio::io_context& context) : resolver_{context}, socket_{context} {}

    /// Resolves, connects and shakes hands. `done` keeps alive what this stream lives in; it is
    /// called once, also after close(). Errors: kUnavailable; kProtocol for a certificate that is
    /// not accepted; kInternal.
    void connect(const std::string& host, const std::string& port, Security security,
                 OnConnect done);

    /// Pending operations end with an error.
    void close();

    /// True when the other end has closed, or has said something unasked for, while nothing was
    /// being read.
    [[nodiscard]] bool is_stale();

    executor_type get_executor() { return socket_.get_executor(); }

    template <typename Buffers, typename Handler>
    void async_read_some(const Buffers& buffers, Handler&& handler) {
        if (tls_) {
            tls_->async_read_some(buffers, std::forward<Handler>(handler));
        } else {
            socket_.async_read_some(buffers, std::forward<Handler>(handler));
        }
    }

    template <typename Buffers, typename Handler>
    void async_write_some(const Buffers& buffers, Handler&& handler) {
        if (tls_) {
            tls_->async_write_some(buffers, std::forward<Handler>(handler));
        } else {
            socket_.async_write_some(buffers, std::forward<Handler>(handler));
        }
    }

  private:
    void on_resolved(const Tcp::resolver::results_type& found, const std::string& host,
                     Security security, OnConnect done);
    void shake_hands(const std::string& host, Security security, OnConnect done);
    [[nodiscard]] Error tls_error(error_code error);

    Tcp::resolver resolver_;
    Tcp::socket socket_;
    std::optional<ssl::context> context_;
    std::optional<ssl::stream<Tcp::socket&>> tls_;
    bool is_closed_ = false;
};

// What Beast's WebSocket looks for to end a connection: both ends have said their last by then.

inline void beast_close_socket(ClientStream& stream) {
    stream.close();
}

inline void teardown(beast::role_type /*role*/, ClientStream& stream, error_code& error) {
    stream.close();
    error = {};
}

template <typename Handler>
void async_teardown(beast::role_type /*role*/, ClientStream& stream, Handler&& handler) {
    stream.close();
    asio::post(stream.get_executor(),
               beast::bind_front_handler(std::forward<Handler>(handler), error_code{}));
}

}  // namespace livedub::net
