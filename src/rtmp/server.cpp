// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/server.hpp"

#include <utility>

#include "net/asio.hpp"
#include "net/io_thread.hpp"
#include "net/tcp_listener.hpp"
#include "rtmp/hub.hpp"

namespace livedub::rtmp {

struct Server::Impl {
    net::IoThread& io;
    std::unique_ptr<net::TcpListener> listener;
    // Shared with the listener's handler.
    std::shared_ptr<Hub> hub;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}

Result<std::unique_ptr<Server>> Server::start(net::IoThread& io, ServerConfig config,
                                              ServerEvents events, prometheus::Registry& registry) {
    if (config.player_queue_bytes <= config.gop_cache_bytes) {
        return fail(ErrorCode::kInvalidArgument,
                    "a player's queue must be larger than the group of pictures it starts with");
    }
    auto listener = net::TcpListener::open(io, config.host, config.port);
    if (!listener) {
        return tl::unexpected{std::move(listener).error().with_context("rtmp")};
    }
    auto hub = io.call([&] {
        auto made =
            std::make_shared<Hub>(io.context(), std::move(config), std::move(events), registry);
        made->start();
        return made;
    });
    (*listener)->start([hub](net::Tcp::socket socket) { hub->add(std::move(socket)); });
    auto impl = std::make_unique<Impl>(
        Impl{.io = io, .listener = std::move(*listener), .hub = std::move(hub)});
    return std::unique_ptr<Server>{new Server{std::move(impl)}};
}

Server::~Server() {
    // Handlers that were cancelled may run later still. They hold their own connection and find it
    // closed; nothing of the hub, the registry or the application is touched by them.
    impl_->io.call([this] {
        impl_->listener->close();
        impl_->hub->close();
        impl_->hub.reset();
    });
}

std::uint16_t Server::port() const noexcept {
    return impl_->listener->port();
}

std::vector<PathInfo> Server::paths() const {
    return impl_->io.call([this] { return impl_->hub->paths(); });
}

}  // namespace livedub::rtmp
