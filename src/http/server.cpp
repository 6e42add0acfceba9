// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/server.hpp"

#include <utility>

#include "http/exchange.hpp"
#include "net/tcp_listener.hpp"

namespace livedub::http {
namespace {

void add(const std::shared_ptr<Shared>& shared, net::Tcp::socket socket) {
    if (shared->is_closed) {
        return;  // which closes it
    }
    if (shared->open.size() + shared->web_sockets->sockets >= shared->limits.connections) {
        if (shared->waiting.empty()) {
            return;
        }
        shared->waiting.begin()->second->close();
    }
    auto exchange = std::make_shared<Exchange>(shared, std::move(socket));
    shared->open.emplace(exchange.get(), exchange);
    exchange->read();
}

}  // namespace

struct Server::Impl {
    net::IoThread& io;
    std::unique_ptr<net::TcpListener> listener;
    std::shared_ptr<Shared> shared;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}

Result<std::unique_ptr<Server>> Server::start(net::IoThread& io, const std::string& host,
                                              std::uint16_t port, Handler handler,
                                              const Limits& limits) {
    auto at_once = [handler = std::move(handler)](const Request& request, const Respond& respond) {
        respond(handler(request));
    };
    return start(io, host, port, Handlers{.on_request = std::move(at_once)}, limits);
}

Result<std::unique_ptr<Server>> Server::start(net::IoThread& io, const std::string& host,
                                              std::uint16_t port, Handlers handlers,
                                              const Limits& limits) {
    auto listener = net::TcpListener::open(io, host, port);
    if (!listener) {
        return tl::unexpected{std::move(listener).error().with_context("http")};
    }
    auto shared = std::make_shared<Shared>(
        Shared{.io = io, .handlers = std::move(handlers), .limits = limits});
    (*listener)->start([shared](net::Tcp::socket socket) { add(shared, std::move(socket)); });
    return std::unique_ptr<Server>{new Server{std::make_unique<Impl>(
        Impl{.io = io, .listener = std::move(*listener), .shared = std::move(shared)})}};
}

Server::~Server() {
    impl_->io.call([this] {
        impl_->listener->close();
        impl_->shared->is_closed = true;
        impl_->shared->waiting.clear();
        for (const auto& [key, exchange] : std::exchange(impl_->shared->open, {})) {
            exchange->close();
        }
    });
}

std::uint16_t Server::port() const noexcept {
    return impl_->listener->port();
}

}  // namespace livedub::http
