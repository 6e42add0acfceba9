// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/client.hpp"

#include <algorithm>
#include <atomic>
#include <optional>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "net/asio.hpp"
#include "net/io_thread.hpp"
#include "sio/client_session.hpp"
#include "sio/client_transport.hpp"
#include "sio/server_url.hpp"

namespace livedub::sio {
namespace {

bool is_token(std::string_view name) {
    static constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               kOthers.find(c) != std::string_view::npos;
    });
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; });
}

/// Where to connect to, if the configuration can be sent at all.
Result<ServerUrl> check(const ClientConfig& config) {
    for (const auto& [name, value] : config.headers) {
        if (!is_token(name) || !is_printable(value)) {
            return fail(ErrorCode::kInvalidArgument, fmt::format("not a header: \"{}\"", name));
        }
    }
    const auto& name_space = config.name_space;
    if (!name_space.starts_with('/') || !is_printable(name_space) ||
        name_space.find(',') != std::string::npos) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("not a namespace: \"{}\"", name_space));
    }
    if (!is_printable(config.path) || config.path.find_first_of(" ?#") != std::string::npos) {
        return fail(ErrorCode::kInvalidArgument, fmt::format("not a path: \"{}\"", config.path));
    }
    return parse_server_url(config.url);
}

std::shared_ptr<ClientTransport> make_transport(net::asio::io_context& context, Transport kind,
                                                TransportConfig config) {
    switch (kind) {
        case Transport::kWebSocket:
            return make_websocket_transport(context, std::move(config), "");
        case Transport::kPolling:
            return make_polling_transport(context, std::move(config));
        case Transport::kUpgrade:
            break;
    }
    auto polling = make_polling_transport(context, config);
    return make_upgrading_transport(
        context, std::move(polling), [&context, config = std::move(config)](std::string sid) {
            return make_websocket_transport(context, config, std::move(sid));
        });
}

std::size_t size_of(const Event& event) {
    std::size_t bytes = event.name.size() + event.argument.size();
    for (const auto& attachment : event.attachments) {
        bytes += attachment.size();
    }
    return bytes;
}

}  // namespace

/// The driver: feeds the session what the transport brings, and sends what the session says. Io
/// thread only, except where a member says otherwise.
class Client::Connection : public std::enable_shared_from_this<Connection> {
  public:
    Connection(net::IoThread& io, ClientConfig config, ClientEvents events)
        : io_{io},
          config_{std::move(config)},
          events_{std::move(events)},
          session_{config_.name_space, config_.auth, config_.max_payload},
          timer_{io.context()} {}

    void open() {
        auto server = check(config_);
        if (!server) {
            end(std::move(server).error());
            return;
        }
        connect_deadline_ = clock_.now() + config_.connect_timeout;
        wait();
        transport_ = make_transport(io_.context(), config_.transport,
                                    {.server = std::move(*server),
                                     .path = config_.path,
                                     .headers = config_.headers,
                                     .verify_certificate = config_.verify_certificate,
                                     .max_payload = config_.max_payload});
        transport_->open({.on_ready = [] {},
                          .on_packet =
                              [weak = weak_from_this()](wire::EngineIoPacket packet) {
                                  if (const auto self = weak.lock()) {
                                      self->on_packet(std::move(packet));
                                  }
                              },
                          .on_written =
                              [weak = weak_from_this()] {
                                  if (const auto self = weak.lock()) {
                                      self->count_held();
                                  }
                              },
                          .on_failed =
                              [weak = weak_from_this()](Error error) {
                                  if (const auto self = weak.lock()) {
                                      self->end(std::move(error));
                                  }
                              }});
    }

    /// Any thread.
    void emit(Event event) {
        const auto bytes = size_of(event);
        const auto waiting = posted_.fetch_add(bytes) + held_.load();
        // Beyond the bound nothing more is kept, not even on its way to the io thread.
        std::optional<Event> kept;
        if (waiting == 0 || waiting + bytes <= config_.max_buffered) {
            kept = std::move(event);
        }
        io_.post([self = shared_from_this(), bytes, kept = std::move(kept)] {
            self->posted_ -= bytes;
            self->send(kept);
        });
    }

    [[nodiscard]] net::IoThread& io() { return io_; }

    /// No event comes after it.
    void leave() {
        if (is_over_) {
            return;
        }
        is_over_ = true;
        timer_.cancel();
        if (transport_) {
            for (auto& packet : session_.leave()) {
                transport_->send(std::move(packet));
            }
            transport_->finish();
        }
    }

  private:
    void on_packet(wire::EngineIoPacket packet) {
        if (is_over_) {
            return;
        }
        auto reaction = session_.feed(std::move(packet), clock_.now());
        if (!is_watched_ && session_.deadline() != SteadyTime::max()) {
            is_watched_ = true;
            wait();
        }
        react(std::move(reaction));
    }

    void send(const std::optional<Event>& event) {
        if (is_over_) {
            return;
        }
        if (!event) {
            end({ErrorCode::kUnavailable,
                 fmt::format("the server does not take what is sent: more than {} bytes wait",
                             config_.max_buffered)});
            return;
        }
        react(session_.emit(*event));
    }

    /// Sends first, because what happens may destroy the client.
    void react(Reaction reaction) {
        const auto self = shared_from_this();
        for (auto& packet : reaction.send) {
            if (!is_over_) {
                transport_->send(std::move(packet));
            }
        }
        count_held();
        for (auto& happening : reaction.happened) {
            if (is_over_) {
                return;
            }
            if (auto* event = std::get_if<Event>(&happening)) {
                events_.on_event(std::move(*event));
            } else if (auto* error = std::get_if<Error>(&happening)) {
                end(std::move(*error));
            } else {
                connect_deadline_ = SteadyTime::max();
                events_.on_connect();
            }
        }
    }

    void count_held() {
        held_ = session_.kept_bytes() + (transport_ ? transport_->waiting_bytes() : 0);
    }

    void end(Error error) {
        if (is_over_) {
            return;
        }
        const auto self = shared_from_this();
        is_over_ = true;
        timer_.cancel();
        if (transport_) {
            transport_->close();
        }
        events_.on_end(std::move(error).with_context(config_.url));
    }

    /// One timer for both deadlines. It is not set anew for every packet: when it fires too early,
    /// it is set to the later time.
    void wait() {
        timer_.expires_at(std::min(connect_deadline_, session_.deadline()));
        timer_.async_wait([weak = weak_from_this()](net::error_code cancelled) {
            const auto self = weak.lock();
            if (self && !cancelled && !self->is_over_) {
                self->look_at_deadlines();
            }
        });
    }

    void look_at_deadlines() {
        const auto now = clock_.now();
        if (now >= connect_deadline_) {
            end({ErrorCode::kTimeout,
                 fmt::format("not connected within {} ms", config_.connect_timeout.count())});
        } else if (now >= session_.deadline()) {
            end({ErrorCode::kTimeout, "the server has gone silent"});
        } else {
            wait();
        }
    }

    net::IoThread& io_;
    const ClientConfig config_;
    const ClientEvents events_;
    SystemClock clock_;
    ClientSession session_;
    net::asio::steady_timer timer_;
    std::shared_ptr<ClientTransport> transport_;  // shared with its pending operations
    SteadyTime connect_deadline_ = SteadyTime::max();
    bool is_watched_ = false;  // the session's deadline is known, and the timer set to it
    bool is_over_ = false;

    std::atomic<std::size_t> posted_{0};  // bytes of events on their way to the io thread
    std::atomic<std::size_t> held_{0};    // bytes of what waits there to be written
};

Client::Client(net::IoThread& io, ClientConfig config, ClientEvents events)
    : connection_{std::make_shared<Connection>(io, std::move(config), std::move(events))} {
    io.post([connection = connection_] { connection->open(); });
}

Client::~Client() {
    connection_->io().call([this] { connection_->leave(); });
}

void Client::emit(Event event) {
    connection_->emit(std::move(event));
}

}  // namespace livedub::sio
