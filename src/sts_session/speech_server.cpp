// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/speech_server.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "net/asio.hpp"
#include "net/io_thread.hpp"
#include "sts_session/auth.hpp"
#include "sts_session/dispatch.hpp"
#include "sts_session/session.hpp"
#include "telemetry/log.hpp"

namespace livedub::sts_session {
namespace {

namespace asio = boost::asio;

constexpr auto kForgetEvery = std::chrono::minutes{1};
constexpr const char* kAuthFailed = R"({"message":"AUTH_FAILED","data":{"code":"AUTH_FAILED"}})";

/// " stream=cam" for a log line; empty unless it has only letters that cannot confuse one.
std::string loggable(std::string_view key, std::string_view value) {
    constexpr std::size_t kLongest = 128;
    const bool is_plain = !value.empty() && value.size() <= kLongest &&
                          std::ranges::all_of(value, [](unsigned char c) {
                              return std::isalnum(c) != 0 || c == '_' || c == '-';
                          });
    return is_plain ? fmt::format(" {}={}", key, value) : std::string{};
}

/// What a client says about itself in its handshake.
std::string loggable(std::string_view key, const std::map<std::string, std::string>& headers,
                     const char* name) {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : loggable(key, found->second);
}

using Opened = tl::expected<std::unique_ptr<StreamWork>, Refusal>;

/// One socket: a session, its work, its timer. All on the io thread.
class Client final : public std::enable_shared_from_this<Client> {
  public:
    Client(const SpeechServerParts& parts, const SessionContext& context,
           std::shared_ptr<sio::Socket> socket, std::optional<SteadyTime> idle_end)
        : parts_{parts},
          socket_{std::move(socket)},
          session_{context},
          timer_{parts.io.context()},
          idle_end_{idle_end} {}

    ~Client() { give_up_opening(); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void hear(sio::Event event) {
        Actions actions;
        if (!dispatch(session_, event, actions)) {
            logger("sts")->debug("unknown_event socket={}", socket_->id());
        }
        perform(std::move(actions));
    }

    /// For a log line.
    [[nodiscard]] std::string stream_note() const {
        return loggable("stream", session_.init().stream_id);
    }

    void schedule() {
        auto wake = session_.next_wake();
        if (idle_end_ && !session_.is_engaged() && (!wake || *idle_end_ < *wake)) {
            wake = idle_end_;
        }
        // A wake that turns out too early does no harm; arming anew for every fragment costs.
        if (!wake || (armed_ && *armed_ <= *wake)) {
            return;
        }
        armed_ = wake;
        timer_.expires_at(*wake);
        timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
            if (const auto client = weak.lock(); client && !error) {
                client->on_timer();
            }
        });
    }

  private:
    void on_timer() {
        armed_.reset();
        Actions actions;
        session_.on_time(actions);
        perform(std::move(actions));
        if (idle_end_ && !session_.is_engaged() && *idle_end_ <= parts_.clock.now()) {
            idle_end_.reset();
            logger("sts")->info("idle socket={}", socket_->id());
            socket_->disconnect();
        }
    }

    void perform(Actions actions) {
        const bool is_nested = std::exchange(is_performing_, true);  // a stream opened at once
        while (!actions.empty()) {
            for (auto& action : actions) {
                std::visit([this](auto& what) { do_it(what); }, action);
            }
            actions.clear();
            for (auto& [serial, finished] : std::exchange(finished_, {})) {
                session_.on_finished(serial, std::move(finished), actions);
            }
        }
        is_performing_ = is_nested;
        schedule();
    }

    void do_it(const Emit& emit) { socket_->emit(to_event(emit)); }
    /// The session waits for one answer: the last that it asked for.
    void give_up_opening() {
        if (opening_ != nullptr) {
            *opening_ = true;
        }
    }
    void do_it(OpenStream& request) {
        const auto serial = request.serial;
        give_up_opening();
        opening_ = std::make_shared<std::atomic<bool>>(false);
        request.is_given_up = opening_;
        auto on_finished = [weak = weak_from_this(), io = &parts_.io](std::uint64_t which,
                                                                      FinishedFragment finished) {
            if (io->is_current()) {  // done before start() returned
                if (const auto client = weak.lock()) {
                    client->on_finished(which, std::move(finished));
                }
                return;
            }
            // Shared with the task, which std::function copies.
            auto shared = std::make_shared<FinishedFragment>(std::move(finished));
            io->post([weak, which, shared] {
                if (const auto client = weak.lock()) {
                    client->on_finished(which, std::move(*shared));
                }
            });
        };
        auto on_opened = [weak = weak_from_this(), io = &parts_.io, serial](Opened opened) {
            auto shared = std::make_shared<Opened>(std::move(opened));
            auto tell = [weak, serial, shared] {
                if (const auto client = weak.lock()) {
                    client->on_opened(serial, std::move(*shared));
                }
            };
            // At once if it can be, so that fragments sent right after the init find their stream.
            io->is_current() ? tell() : io->post(std::move(tell));
        };
        parts_.processor.open(request, std::move(on_finished), std::move(on_opened));
    }
    void do_it(const AdoptStream& /*adopt*/) { work_ = std::move(opened_); }
    void do_it(StartFragment& job) {
        if (work_) {
            work_->start(std::move(job));
        }
    }
    void do_it(const CloseStream& /*close*/) { work_.reset(); }
    void do_it(const Disconnect& disconnect) {
        logger("sts")->info("disconnect socket={} why=\"{}\"{}", socket_->id(), disconnect.reason,
                            stream_note());
        socket_->disconnect();
    }

    void on_opened(std::uint64_t serial, Opened opened) {
        Actions actions;
        if (opened) {
            opened_ = std::move(*opened);
            session_.on_opened(serial, {}, actions);
        } else {
            session_.on_opened(serial, tl::unexpected{std::move(opened.error())}, actions);
        }
        perform(std::move(actions));
        opened_.reset();  // if nobody wanted it any more
    }

    void on_finished(std::uint64_t serial, FinishedFragment finished) {
        if (is_performing_) {  // its turn comes when the actions that started it are through
            finished_.emplace_back(serial, std::move(finished));
            return;
        }
        Actions actions;
        session_.on_finished(serial, std::move(finished), actions);
        perform(std::move(actions));
    }

    // Given at construction; what it names outlives this.
    const SpeechServerParts parts_;
    const std::shared_ptr<sio::Socket> socket_;  // shared with the server

    Session session_;
    std::shared_ptr<std::atomic<bool>> opening_;  // OpenStream::is_given_up of the last one
    std::unique_ptr<StreamWork> opened_;          // while on_opened() asks the session
    std::unique_ptr<StreamWork> work_;
    std::vector<std::pair<std::uint64_t, FinishedFragment>> finished_;  // while performing
    bool is_performing_ = false;
    asio::steady_timer timer_;
    std::optional<SteadyTime> armed_;
    std::optional<SteadyTime> idle_end_;
};

}  // namespace

struct SpeechServer::Impl {
    Impl(const SpeechServerParts& with, SpeechServerConfig configured)
        : parts{with},
          config{std::move(configured)},
          environment{make_environment(parts.clock)},
          capacity{config.session.max_streams},
          forget_timer{parts.io.context()} {}

    [[nodiscard]] sio::ServerEvents events() {
        return {.may_connect = [this](const sio::Handshake& shake) { return may_connect(shake); },
                .on_connect =
                    [this](std::shared_ptr<sio::Socket> socket, const sio::Handshake& shake) {
                        on_connect(std::move(socket), shake);
                    },
                .on_event =
                    [this](sio::Socket& socket, sio::Event event) {
                        if (const auto client = clients.find(&socket); client != clients.end()) {
                            // Held: what it does may end it.
                            const auto held = client->second;
                            held->hear(std::move(event));
                        }
                    },
                .on_disconnect =
                    [this](sio::Socket& socket, std::string_view why) {
                        const auto client = clients.find(&socket);
                        logger("sts")->info(
                            "disconnected socket={} why=\"{}\"{}", socket.id(), why,
                            client == clients.end() ? "" : client->second->stream_note());
                        clients.erase(&socket);
                    }};
    }

    [[nodiscard]] std::optional<std::string> may_connect(const sio::Handshake& shake) const {
        const auto header = shake.headers.find("authorization");
        const Credentials credentials{
            .auth = shake.auth,
            .authorization = header == shake.headers.end() ? std::string{} : header->second};
        if (is_authorised(credentials, config.api_key)) {
            return std::nullopt;
        }
        logger("sts")->warn("auth_failed peer={}", shake.peer);
        return kAuthFailed;
    }

    void on_connect(std::shared_ptr<sio::Socket> socket, const sio::Handshake& shake) {
        logger("sts")->info("connected socket={} peer={} namespace={}{}{}", socket->id(),
                            shake.peer, shake.name_space,
                            loggable("stream", shake.headers, "x-stream-id"),
                            loggable("worker", shake.headers, "x-worker-id"));
        const auto idle_end = config.idle_timeout.count() > 0
                                  ? std::optional{parts.clock.now() + config.idle_timeout}
                                  : std::nullopt;
        const auto* const key = socket.get();
        auto client = std::make_shared<Client>(
            parts, SessionContext{config.session, environment, parts.metrics, capacity},
            std::move(socket), idle_end);
        client->schedule();
        clients.insert_or_assign(key, std::move(client));
    }

    /// On the io thread.
    void forget_later() {
        forget_timer.expires_after(kForgetEvery);
        forget_timer.async_wait([this](const boost::system::error_code& error) {
            if (!error) {
                parts.metrics.forget_ended();
                forget_later();
            }
        });
    }

    const SpeechServerParts parts;
    const SpeechServerConfig config;
    const Environment environment;

    // Only the io thread touches these once the server runs.
    StreamCapacity capacity;
    std::map<const sio::Socket*, std::shared_ptr<Client>>
        clients;  // held by a call in progress too
    asio::steady_timer forget_timer;

    std::unique_ptr<sio::Server> server;
};

SpeechServer::SpeechServer(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}

Result<std::unique_ptr<SpeechServer>> SpeechServer::start(const SpeechServerParts& parts,
                                                          SpeechServerConfig config,
                                                          http::Handler pages) {
    auto impl = std::make_unique<Impl>(parts, std::move(config));
    auto server =
        sio::Server::start(parts.io, impl->config.host, impl->config.port, impl->config.sio,
                           impl->events(), std::move(pages), parts.registry);
    if (!server) {
        return tl::unexpected{std::move(server).error()};
    }
    impl->server = std::move(*server);
    parts.io.call([&impl] { impl->forget_later(); });
    return std::unique_ptr<SpeechServer>{new SpeechServer{std::move(impl)}};
}

SpeechServer::~SpeechServer() {
    impl_->server.reset();
    impl_->parts.io.call([this] {
        impl_->clients.clear();
        impl_->forget_timer.cancel();
    });
    impl_->parts.io.call([] {});  // the cancelled wait's handler has run by then
}

std::uint16_t SpeechServer::port() const noexcept {
    return impl_->server->port();
}

}  // namespace livedub::sts_session
