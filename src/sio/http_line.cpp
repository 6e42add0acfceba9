// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/http_line.hpp"

#include <fmt/format.h>

#include "sio/http_status.hpp"

namespace livedub::sio {

namespace beast_http = net::beast::http;

HttpLine::HttpLine(net::asio::io_context& context, const TransportConfig& config,
                   std::size_t body_limit)
    : context_{context}, config_{config}, body_limit_{body_limit} {}

void HttpLine::ask(Verb verb, const std::string& target, std::string body, OnAnswer on_answer) {
    on_answer_ = std::move(on_answer);
    request_ = {verb, target, 11};
    request_.set(beast_http::field::host, config_.server.authority());
    request_.set(beast_http::field::user_agent, "livedub");
    for (const auto& [name, value] : config_.headers) {
        request_.set(name, value);
    }
    if (verb == Verb::post) {
        request_.set(beast_http::field::content_type, "text/plain;charset=UTF-8");
    }
    request_.body() = std::move(body);
    request_.prepare_payload();
    if (link_ && !link_->stream.is_stale()) {
        write(link_);
    } else {
        connect();
    }
}

void HttpLine::close() {
    is_closed_ = true;
    on_answer_ = nullptr;
    drop_link();
}

void HttpLine::drop_link() {
    if (link_) {
        link_->stream.close();
        link_.reset();
    }
}

void HttpLine::connect() {
    drop_link();
    link_ = std::make_shared<Link>(context_);
    link_->stream.connect(config_.server.host, config_.server.port, security_of(config_),
                          [self = shared_from_this(), link = link_](Result<void> connected) {
                              if (link != self->link_) {
                                  return;
                              }
                              if (connected) {
                                  self->write(link);
                              } else {
                                  self->answer(tl::unexpected{std::move(connected).error()});
                              }
                          });
}

void HttpLine::write(const LinkHandle& link) {
    beast_http::async_write(link->stream, request_,
                            [self = shared_from_this(), link](net::error_code error, std::size_t) {
                                if (link != self->link_) {
                                    return;
                                }
                                // A server may answer before it has read everything, and close: its
                                // answer counts.
                                if (error && error != net::asio::error::broken_pipe &&
                                    error != net::asio::error::connection_reset) {
                                    self->on_broken(link, error);
                                } else {
                                    self->read(link);
                                }
                            });
}

void HttpLine::read(const LinkHandle& link) {
    link->parser.emplace();
    link->parser->body_limit(body_limit_);
    beast_http::async_read(link->stream, link->buffer, *link->parser,
                           [self = shared_from_this(), link](net::error_code error, std::size_t) {
                               self->on_read(link, error);
                           });
}

void HttpLine::on_read(const LinkHandle& link, net::error_code error) {
    if (link != link_) {
        return;
    }
    if (error == beast_http::error::body_limit) {
        answer(fail(ErrorCode::kProtocol,
                    fmt::format("an answer of more than {} bytes", body_limit_)));
        return;
    }
    if (error) {
        on_broken(link, error);
        return;
    }
    auto message = link->parser->release();
    link->parser.reset();
    link->has_answered = true;
    if (!message.keep_alive()) {
        drop_link();
    }
    answer(HttpAnswer{.status = message.result_int(), .body = std::move(message.body())});
}

void HttpLine::on_broken(const LinkHandle& link, net::error_code error) {
    // A kept connection may be closed by the server just as it is used again: it has not read the
    // request then.
    if (link->has_answered && !(link->parser && link->parser->got_some())) {
        connect();
        return;
    }
    answer(fail(ErrorCode::kUnavailable, "the connection broke: " + error.message()));
}

void HttpLine::answer(Result<HttpAnswer> result) {
    if (!result) {
        drop_link();
    }
    if (const auto on_answer = std::exchange(on_answer_, nullptr)) {
        on_answer(std::move(result));
    }
}

}  // namespace livedub::sio
