// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/server.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "sio/engine_request.hpp"
#include "sio/peer.hpp"
#include "sio/server_metrics.hpp"
#include "telemetry/log.hpp"

namespace livedub::sio {
namespace {

/// Of a request that is no message: a page, a request of nobody we know.
constexpr std::uint64_t kMostBodyBytes = std::uint64_t{64} << 10U;
/// Bodies that may be under way at once, in messages of the largest size.
constexpr std::uint64_t kLargeBodiesAtOnce = 4;
/// Besides those of the clients: pages, and requests that are refused.
constexpr std::size_t kOtherConnections = 64;

http::Limits http_limits(const ServerConfig& config) {
    return {.connections = 4 * config.max_connections + kOtherConnections,
            .body_bytes = kMostBodyBytes,
            .transfer_timeout = std::chrono::seconds{30},
            .total_body_bytes =
                std::max(kLargeBodiesAtOnce * config.max_payload, std::uint64_t{64} << 20U)};
}

http::Response with_headers(http::Response response, const HeaderList& headers) {
    response.headers.insert(response.headers.end(), headers.begin(), headers.end());
    return response;
}

/// Answers as `respond`, with more headers.
http::Respond with_headers(const http::Respond& respond, const HeaderList& headers) {
    return http::Respond{
        [respond, headers](http::Response response) {
            respond(with_headers(std::move(response), headers));
        },
        [respond](std::function<void()> gone) { respond.on_gone(std::move(gone)); }};
}

Handshake handshake_of(const http::Request& request) {
    return {.name_space = {},
            .auth = {},
            .headers = request.headers,
            .query = request.query,
            .peer = request.peer};
}

}  // namespace

/// The table of clients and the way to each. Io thread only.
class ServerCore {
  public:
    ServerCore(net::IoThread& io, ServerConfig config, ServerEvents events, http::Handler pages,
               prometheus::Registry& registry)
        : metrics_{registry},
          pages_{std::move(pages)},
          context_{.io = io,
                   .config = std::move(config),
                   .events = std::move(events),
                   .on_close = [this](Peer& peer, CloseReason reason) { on_close(peer, reason); }} {
    }

    [[nodiscard]] http::Handlers handlers() {
        return {
            .on_request = [this](const http::Request& request,
                                 const http::Respond& respond) { on_request(request, respond); },
            .on_upgrade =
                [this](const http::Request& request, const http::AcceptUpgrade& accept) {
                    return on_upgrade(request, accept);
                },
            .body_limit =
                [this](const http::Request& head) {
                    const auto peer = find(head);
                    if (peer && head.method == "POST") {
                        peer->engine().expect_post();
                    }
                    return peer ? peer->engine().most_bytes() : kMostBodyBytes;
                },
            .on_too_large =
                [this](const http::Request& head) {
                    if (const auto peer = find(head)) {
                        peer->engine().close(CloseReason::kTooLarge, "request body");
                    }
                }};
    }

    void close_all() {
        is_closed_ = true;
        for (const auto& [sid, peer] : std::exchange(peers_, {})) {
            peer->engine().close(CloseReason::kShutdown, "");
        }
    }

  private:
    [[nodiscard]] std::shared_ptr<Peer> find(const std::string& sid) const {
        const auto found = peers_.find(sid);
        return found == peers_.end() ? nullptr : found->second;
    }
    [[nodiscard]] std::shared_ptr<Peer> find(const http::Request& head) const {
        return is_engine_path(head.path, context_.config.paths)
                   ? find(http::query_value(head.query, "sid"))
                   : nullptr;
    }

    void on_request(const http::Request& request, const http::Respond& plain) {
        if (!is_engine_path(request.path, context_.config.paths)) {
            plain(pages_(request));
            return;
        }
        const auto headers = cors_headers(request, context_.config.cors_origins);
        if (!headers) {
            plain(engine_failure(EngineFailure::kBadRequest));
            return;
        }
        const auto respond = with_headers(plain, *headers);
        if (request.method == "OPTIONS") {
            respond(preflight(request));
            return;
        }
        const auto asked = read(request, RequestForm::kPlain);
        if (!asked) {
            respond(refuse(asked.error()));
            return;
        }
        if (asked->action == EngineAction::kOpenPolling) {
            add(EngineTransport::kPolling, request)->engine().open_polling(respond);
            return;
        }
        const auto peer = find(asked->sid);
        if (asked->action == EngineAction::kPoll) {
            peer->engine().poll(respond);
        } else {
            peer->engine().post(request.body, respond);
        }
    }

    std::optional<http::Response> on_upgrade(const http::Request& request,
                                             const http::AcceptUpgrade& accept) {
        if (!is_engine_path(request.path, context_.config.paths)) {
            return http::Response{.status = 404, .body = "no WebSocket here\n"};
        }
        const auto headers = cors_headers(request, context_.config.cors_origins);
        if (!headers) {
            return engine_failure(EngineFailure::kBadRequest);
        }
        const auto asked = read(request, RequestForm::kWebSocketUpgrade);
        if (!asked) {
            return with_headers(refuse(asked.error()), *headers);
        }
        if (asked->action == EngineAction::kOpenWebSocket) {
            add(EngineTransport::kWebSocket, request)->engine().open_web_socket(accept);
            return std::nullopt;
        }
        if (find(asked->sid)->engine().upgrade(accept)) {
            return std::nullopt;
        }
        return with_headers(engine_failure(EngineFailure::kBadRequest), *headers);
    }

    [[nodiscard]] tl::expected<EngineRequest, EngineFailure> read(const http::Request& request,
                                                                  RequestForm form) const {
        auto asked = read_engine_request(
            request, form, [this](const std::string& sid) { return peers_.contains(sid); });
        const bool is_full = is_closed_ || peers_.size() >= context_.config.max_connections;
        if (asked && asked->sid.empty() && is_full) {
            return tl::unexpected{EngineFailure::kTooManyConnections};
        }
        return asked;
    }

    http::Response refuse(EngineFailure failure) {
        if (failure == EngineFailure::kTooManyConnections) {
            metrics_.refused.Increment();
        }
        return engine_failure(failure);
    }

    std::shared_ptr<Peer> add(EngineTransport transport, const http::Request& request) {
        auto peer = Peer::make(context_, transport, handshake_of(request), ++last_number_);
        peers_.emplace(peer->engine().sid(), peer);
        metrics_.active.Set(static_cast<double>(peers_.size()));
        return peer;
    }

    void on_close(Peer& peer, CloseReason reason) {
        peers_.erase(peer.engine().sid());
        metrics_.active.Set(static_cast<double>(peers_.size()));
        metrics_.count_closed(reason);
    }

    ServerMetrics metrics_;
    http::Handler pages_;
    PeerContext context_;
    std::unordered_map<std::string, std::shared_ptr<Peer>> peers_;  // by sid
    std::uint64_t last_number_ = 0;
    bool is_closed_ = false;
};

struct Server::Impl {
    net::IoThread& io;
    std::unique_ptr<ServerCore> core;
    std::unique_ptr<http::Server> http;  // last: nothing comes in any more when the rest goes
};

Server::Server(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}

Result<std::unique_ptr<Server>> Server::start(net::IoThread& io, const std::string& host,
                                              std::uint16_t port, ServerConfig config,
                                              ServerEvents events, http::Handler pages,
                                              prometheus::Registry& registry) {
    const auto limits = http_limits(config);
    auto core = std::make_unique<ServerCore>(io, std::move(config), std::move(events),
                                             std::move(pages), registry);
    auto http = http::Server::start(io, host, port, core->handlers(), limits);
    if (!http) {
        return tl::unexpected{std::move(http).error()};
    }
    return std::unique_ptr<Server>{new Server{
        std::make_unique<Impl>(Impl{.io = io, .core = std::move(core), .http = std::move(*http)})}};
}

Server::~Server() {
    impl_->io.call([this] { impl_->core->close_all(); });
    impl_->http.reset();
    // Sockets that were let go are destroyed where they live.
    impl_->io.call([this] { impl_->core.reset(); });
}

std::uint16_t Server::port() const noexcept {
    return impl_->http->port();
}

}  // namespace livedub::sio
