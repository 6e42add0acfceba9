// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "net/tcp_listener.hpp"

#include <chrono>

#include <fmt/format.h>

#include "telemetry/log.hpp"

namespace livedub::net {

struct TcpListener::State : std::enable_shared_from_this<State> {
    explicit State(asio::io_context& context) : acceptor{context}, pause{context} {}

    void accept() {
        acceptor.async_accept([self = shared_from_this()](error_code error, Tcp::socket socket) {
            self->on_accepted(error, std::move(socket));
        });
    }

    void on_accepted(error_code error, Tcp::socket socket) {
        if (!acceptor.is_open()) {
            return;
        }
        if (!error) {
            accept();  // first: whatever on_accept lets escape, the next one is heard
            on_accept(std::move(socket));
            return;
        }
        // Most often out of file descriptors: others have to close before it makes sense to go on.
        logger("net")->warn("accept_failed error=\"{}\"", error.message());
        pause.expires_after(std::chrono::milliseconds{100});
        pause.async_wait([self = shared_from_this()](error_code cancelled) {
            if (!cancelled && self->acceptor.is_open()) {
                self->accept();
            }
        });
    }

    Tcp::acceptor acceptor;
    asio::steady_timer pause;
    OnAccept on_accept;
};

TcpListener::TcpListener(std::shared_ptr<State> state, std::uint16_t port)
    : state_{std::move(state)}, port_{port} {}

Result<std::unique_ptr<TcpListener>> TcpListener::open(IoThread& io, const std::string& host,
                                                       std::uint16_t port) {
    error_code error;
    Tcp::resolver resolver{io.context()};
    const auto found = resolver.resolve(host, std::to_string(port), Tcp::resolver::passive, error);
    if (error || found.empty()) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("cannot listen on {}:{}: {}", host, port, error.message()));
    }
    const auto endpoint = found.begin()->endpoint();
    auto state = std::make_shared<State>(io.context());
    auto& acceptor = state->acceptor;
    acceptor.open(endpoint.protocol(), error);
    if (!error) {
        acceptor.set_option(Tcp::acceptor::reuse_address{true}, error);
    }
    if (!error) {
        acceptor.bind(endpoint, error);
    }
    if (!error) {
        acceptor.listen(asio::socket_base::max_listen_connections, error);
    }
    const auto bound = error ? Tcp::endpoint{} : acceptor.local_endpoint(error);
    if (error == asio::error::address_in_use) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("cannot listen on {}:{}: the port is in use", host, port));
    }
    if (error) {
        const auto code = error == asio::error::access_denied ? ErrorCode::kUnavailable
                                                              : ErrorCode::kInvalidArgument;
        return fail(code, fmt::format("cannot listen on {}:{}: {}", host, port, error.message()));
    }
    return std::unique_ptr<TcpListener>{new TcpListener{std::move(state), bound.port()}};
}

void TcpListener::start(OnAccept on_accept) {
    asio::post(state_->acceptor.get_executor(),
               [state = state_, on_accept = std::move(on_accept)]() mutable {
                   if (state->acceptor.is_open()) {
                       state->on_accept = std::move(on_accept);
                       state->accept();
                   }
               });
}

void TcpListener::close() {
    error_code ignored;
    state_->acceptor.close(ignored);
    state_->pause.cancel();
    state_->on_accept = nullptr;
}

}  // namespace livedub::net
