// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/server.hpp"

#include <algorithm>
#include <charconv>
#include <exception>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "net/beast.hpp"
#include "net/io_thread.hpp"
#include "net/tcp_listener.hpp"
#include "telemetry/log.hpp"

namespace livedub::http {
namespace {

namespace beast = net::beast;
namespace beast_http = boost::beast::http;

class Exchange;

std::string lower(std::string_view text) {
    std::string lowered{text};
    std::ranges::transform(lowered, lowered.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lowered;
}

/// What all connections of one server share. Io thread only.
struct Shared {
    Handler handler;
    Limits limits;
    bool is_closed = false;
    std::unordered_map<Exchange*, std::shared_ptr<Exchange>> open;
};

/// One connection: request, answer, and again while the client keeps it alive.
class Exchange : public std::enable_shared_from_this<Exchange> {
  public:
    Exchange(std::shared_ptr<Shared> shared, net::Tcp::socket socket)
        : shared_{std::move(shared)}, stream_{std::move(socket)} {}

    void read() {
        parser_.emplace();
        parser_->header_limit(shared_->limits.header_bytes);
        parser_->body_limit(shared_->limits.body_bytes);
        stream_.expires_after(shared_->limits.timeout);
        beast_http::async_read(stream_, buffer_, *parser_,
                               [self = shared_from_this()](net::error_code error, std::size_t) {
                                   self->on_read(error);
                               });
    }

    void close() {
        stream_.close();
        shared_->open.erase(this);
    }

  private:
    void on_read(net::error_code error) {
        if (shared_->is_closed) {
            return;
        }
        if (error == beast_http::error::body_limit || error == beast_http::error::header_limit) {
            write({.status = 413, .body = "request too large\n"}, false);
            return;
        }
        if (error) {
            close();
            return;
        }
        const auto& message = parser_->get();
        const std::string target{message.target()};
        const auto mark = std::min(target.find('?'), target.size());
        Request request{.method = std::string{message.method_string()},
                        .path = target.substr(0, mark),
                        .query = target.substr(std::min(mark + 1, target.size())),
                        .body = message.body(),
                        .peer = peer()};
        for (const auto& field : message) {
            request.headers[lower({field.name_string().data(), field.name_string().size()})] =
                std::string{field.value()};
        }
        write(answer(request), message.keep_alive());
    }

    std::string peer() {
        net::error_code error;
        const auto endpoint = stream_.socket().remote_endpoint(error);
        return error ? "?" : fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port());
    }

    Response answer(const Request& request) {
        try {
            return shared_->handler(request);
        } catch (const std::exception& error) {
            logger("http")->error("uncaught_exception path={} what=\"{}\"", request.path,
                                  error.what());
            return {.status = 500, .body = "internal error\n"};
        }
    }

    void write(Response answer, bool keep_alive) {
        response_ = {};
        response_.version(11);
        response_.result(static_cast<unsigned>(answer.status));
        response_.set(beast_http::field::server, "livedub");
        response_.set(beast_http::field::content_type, answer.content_type);
        for (const auto& [name, value] : answer.headers) {
            response_.set(name, value);
        }
        response_.keep_alive(keep_alive);
        response_.body() = std::move(answer.body);
        response_.prepare_payload();
        if (parser_->get().method() == beast_http::verb::head) {
            response_.body().clear();  // the length stays: it is what GET would have sent
        }
        stream_.expires_after(shared_->limits.timeout);
        beast_http::async_write(
            stream_, response_,
            [self = shared_from_this(), keep_alive](net::error_code error, std::size_t) {
                if (self->shared_->is_closed) {
                    return;
                }
                if (error || !keep_alive) {
                    self->close();
                } else {
                    self->read();
                }
            });
    }

    std::shared_ptr<Shared> shared_;
    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    std::optional<beast_http::request_parser<beast_http::string_body>> parser_;
    beast_http::response<beast_http::string_body> response_;
};

void add(const std::shared_ptr<Shared>& shared, net::Tcp::socket socket) {
    if (shared->is_closed || shared->open.size() >= shared->limits.connections) {
        return;  // which closes it
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
    auto listener = net::TcpListener::open(io, host, port);
    if (!listener) {
        return tl::unexpected{std::move(listener).error().with_context("http")};
    }
    auto shared = std::make_shared<Shared>();
    shared->handler = std::move(handler);
    shared->limits = limits;
    (*listener)->start([shared](net::Tcp::socket socket) { add(shared, std::move(socket)); });
    return std::unique_ptr<Server>{new Server{std::make_unique<Impl>(
        Impl{.io = io, .listener = std::move(*listener), .shared = std::move(shared)})}};
}

Server::~Server() {
    impl_->io.call([this] {
        impl_->listener->close();
        impl_->shared->is_closed = true;
        for (const auto& [key, exchange] : std::exchange(impl_->shared->open, {})) {
            exchange->close();
        }
    });
}

std::uint16_t Server::port() const noexcept {
    return impl_->listener->port();
}

std::string percent_decode(const std::string& text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        if (text[i] == '%' && i + 2 < text.size()) {
            const char* const end = text.data() + i + 3;
            const auto [stopped, error] = std::from_chars(text.data() + i + 1, end, value, 16);
            if (error == std::errc{} && stopped == end) {
                decoded.push_back(static_cast<char>(value));
                i += 2;
                continue;
            }
        }
        decoded.push_back(text[i]);
    }
    return decoded;
}

std::string query_value(const std::string& query, const std::string& name) {
    std::string_view rest{query};
    while (!rest.empty()) {
        const auto end = std::min(rest.find('&'), rest.size());
        const auto pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        if (pair.substr(0, equals) == name) {
            return percent_decode(std::string{pair.substr(std::min(equals + 1, pair.size()))});
        }
    }
    return {};
}

}  // namespace livedub::http
