// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/exchange.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>

#include <sys/socket.h>

#include "net/accept_web_socket.hpp"
#include "net/peer.hpp"
#include "telemetry/log.hpp"

namespace livedub::http {
namespace {

namespace beast_http = net::beast::http;

/// How long a client may go on sending a body that was refused, so that it can read why.
constexpr std::chrono::seconds kDiscardTime{2};

std::string lower(std::string_view text) {
    std::string lowered{text};
    std::ranges::transform(lowered, lowered.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lowered;
}

/// What all copies of a Respond share. Any thread.
class Ticket {
  public:
    Ticket(net::IoThread& io, std::weak_ptr<Exchange> exchange, std::uint64_t number)
        : io_{io}, exchange_{std::move(exchange)}, number_{number} {}

    ~Ticket() {
        if (!is_used_) {
            io_.post([exchange = exchange_, number = number_] {
                if (const auto open = exchange.lock()) {
                    open->abandon(number);
                }
            });
        }
    }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    void respond(Response response) {
        if (is_used_.exchange(true)) {
            return;
        }
        if (io_.is_current()) {
            deliver(exchange_, number_, std::move(response));
            return;
        }
        io_.post(
            [exchange = exchange_, number = number_, response = std::move(response)]() mutable {
                deliver(exchange, number, std::move(response));
            });
    }

    void watch(std::function<void()> gone) const {
        if (const auto open = exchange_.lock()) {
            open->set_on_gone(number_, std::move(gone));
        }
    }

  private:
    static void deliver(const std::weak_ptr<Exchange>& exchange, std::uint64_t number,
                        Response response) {
        if (const auto open = exchange.lock()) {
            open->answer(number, std::move(response));
        }
    }

    net::IoThread& io_;
    const std::weak_ptr<Exchange> exchange_;
    const std::uint64_t number_;
    std::atomic<bool> is_used_{false};
};

Respond make_respond(net::IoThread& io, const std::shared_ptr<Exchange>& exchange,
                     std::uint64_t number) {
    auto ticket = std::make_shared<Ticket>(io, exchange, number);
    return Respond{[ticket](Response response) { ticket->respond(std::move(response)); },
                   [ticket](std::function<void()> gone) { ticket->watch(std::move(gone)); }};
}

/// Runs what the application gave us; what it lets escape costs one request.
template <typename Call>
bool guarded(std::string_view path, const Call& call) {
    try {
        call();
        return true;
    } catch (const std::exception& error) {
        logger("http")->error("uncaught_exception path={} what=\"{}\"", path, error.what());
        return false;
    }
}

}  // namespace

Exchange::Exchange(std::shared_ptr<Shared> shared, net::Tcp::socket socket)
    : shared_{std::move(shared)},
      stream_{std::move(socket)},
      peer_{net::describe_peer(stream_.socket())} {
    net::error_code ignored;
    stream_.socket().set_option(net::Tcp::no_delay{true}, ignored);
}

void Exchange::read() {
    wait_in_line();
    parser_.emplace();
    parser_->header_limit(shared_->limits.header_bytes);
    parser_->body_limit(std::numeric_limits<std::uint64_t>::max());  // decided with the head
    stream_.expires_after(shared_->limits.timeout);
    beast_http::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](net::error_code error, std::size_t) { self->on_head(error); });
}

void Exchange::wait_in_line() {
    place_.emplace(number_ > 0, shared_->next_place++);
    shared_->waiting.emplace(*place_, this);
}

void Exchange::leave_line() {
    if (const auto place = std::exchange(place_, std::nullopt)) {
        shared_->waiting.erase(*place);
    }
}

void Exchange::close() {
    is_pending_ = false;
    leave_line();
    release();
    on_gone_ = nullptr;
    stream_.close();
    shared_->open.erase(this);
}

void Exchange::on_head(net::error_code error) {
    if (shared_->is_closed || !place_) {
        return;
    }
    leave_line();
    ++number_;
    if (error == beast_http::error::header_limit) {
        refuse_body({});
        return;
    }
    if (error) {
        close();
        return;
    }
    auto request = head();
    if (shared_->handlers.on_upgrade && net::is_upgrade(parser_->get())) {
        take_over(request);
        return;
    }
    const auto limit = shared_->handlers.body_limit ? shared_->handlers.body_limit(request)
                                                    : shared_->limits.body_bytes;
    if (const auto length = parser_->content_length(); length && *length > limit) {
        refuse_body(request);
        return;
    }
    parser_->body_limit(limit);
    if (parser_->is_done()) {
        handle(std::move(request));
        return;
    }
    if (!reserve(parser_->content_length().value_or(limit))) {
        after_ = After::kDiscardThenClose;
        write({.status = 503, .body = "too much is coming in\n"});
        return;
    }
    stream_.expires_after(shared_->transfer_timeout());
    beast_http::async_read(stream_, buffer_, *parser_,
                           [self = shared_from_this()](net::error_code failed, std::size_t) {
                               self->on_body(failed);
                           });
}

void Exchange::on_body(net::error_code error) {
    if (shared_->is_closed) {
        return;
    }
    release();
    if (error == beast_http::error::body_limit) {
        refuse_body(head());
        return;
    }
    if (error) {
        close();
        return;
    }
    auto request = head();
    request.body = std::move(parser_->get().body());
    handle(std::move(request));
}

Request Exchange::head() const {
    const auto& message = parser_->get();
    const std::string target{message.target()};
    const auto mark = std::min(target.find('?'), target.size());
    Request request{.method = std::string{message.method_string()},
                    .path = target.substr(0, mark),
                    .query = target.substr(std::min(mark + 1, target.size())),
                    .body = {},
                    .peer = peer_};
    for (const auto& field : message) {
        request.headers[lower({field.name_string().data(), field.name_string().size()})] =
            std::string{field.value()};
    }
    return request;
}

void Exchange::handle(Request request) {
    is_pending_ = true;
    after_ = parser_->get().keep_alive() ? After::kNextRequest : After::kClose;
    stream_.expires_never();
    const auto number = number_;
    const auto path = request.path;
    auto respond = make_respond(shared_->io, shared_from_this(), number);
    const bool is_well =
        guarded(path, [&] { shared_->handlers.on_request(std::move(request), respond); });
    if (!is_well) {
        respond({.status = 500, .body = "internal error\n"});
    }
    if (is_pending_ && number == number_) {
        watch();
    }
}

void Exchange::take_over(const Request& request) {
    bool is_taken = false;
    auto handshake = net::accept_handshake(parser_->get());
    const AcceptUpgrade accept = [&](const net::WebSocketLimits& limits,
                                     net::WebSocketEvents events) {
        is_taken = true;
        return net::accept_web_socket(stream_.release_socket(), std::move(*handshake),
                                      shared_->web_sockets, limits, std::move(events));
    };
    after_ = After::kClose;
    std::optional<Response> refusal{{.status = 500, .body = "internal error\n"}};
    if (buffer_.size() > 0) {
        refusal = {.status = 400, .body = "frames before the handshake\n"};
    } else if (!handshake) {
        refusal = {.status = 400,
                   .body = "not a proper WebSocket handshake\n",
                   .headers = {{"Sec-WebSocket-Version", "13"}}};
    } else {
        guarded(request.path, [&] { refusal = shared_->handlers.on_upgrade(request, accept); });
    }
    if (is_taken) {
        shared_->open.erase(this);
        return;
    }
    write(refusal ? std::move(*refusal) : Response{.status = 500, .body = "internal error\n"});
}

void Exchange::refuse_body(const Request& request) {
    after_ = After::kDiscardThenClose;
    if (shared_->handlers.on_too_large && !request.path.empty()) {
        guarded(request.path, [&] { shared_->handlers.on_too_large(request); });
    }
    write({.status = 413, .body = "request too large\n"});
}

bool Exchange::reserve(std::uint64_t bytes) {
    const auto most = shared_->limits.total_body_bytes;
    if (most > 0 && shared_->body_bytes > 0 && shared_->body_bytes + bytes > most) {
        return false;
    }
    reserved_ = bytes;
    shared_->body_bytes += bytes;
    return true;
}

void Exchange::release() {
    shared_->body_bytes -= std::exchange(reserved_, 0);
}

void Exchange::set_on_gone(std::uint64_t number, std::function<void()> gone) {
    if (is_pending_ && number == number_) {
        on_gone_ = std::move(gone);
    }
}

void Exchange::watch() {
    stream_.socket().async_wait(net::Tcp::socket::wait_read,
                                [self = shared_from_this(), number = number_](
                                    net::error_code error) { self->on_readable(number, error); });
}

void Exchange::on_readable(std::uint64_t number, net::error_code error) {
    if (shared_->is_closed || !is_pending_ || number != number_) {
        return;
    }
    char first = 0;
    const auto size =
        error ? 0 : ::recv(stream_.socket().native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (size > 0) {
        return;  // its next request, before this one's answer: read when it is its turn
    }
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
        watch();
        return;
    }
    on_client_gone();
}

void Exchange::on_client_gone() {
    const auto self = shared_from_this();
    const auto gone = std::exchange(on_gone_, nullptr);
    close();
    if (gone) {
        guarded("", gone);
    }
}

void Exchange::abandon(std::uint64_t number) {
    if (!shared_->is_closed && is_pending_ && number == number_) {
        close();
    }
}

void Exchange::answer(std::uint64_t number, Response response) {
    if (!shared_->is_closed && is_pending_ && number == number_) {
        write(std::move(response));
    }
}

void Exchange::write(Response answer) {
    is_pending_ = false;
    on_gone_ = nullptr;
    response_ = {};
    response_.version(11);
    response_.result(static_cast<unsigned>(answer.status));
    response_.set(beast_http::field::server, "livedub");
    response_.set(beast_http::field::content_type, answer.content_type);
    for (const auto& [name, value] : answer.headers) {
        response_.set(name, value);
    }
    response_.keep_alive(after_ == After::kNextRequest);
    response_.body() = std::move(answer.body);
    response_.prepare_payload();
    if (parser_->get().method() == beast_http::verb::head) {
        response_.body().clear();  // the length stays: it is what GET would have sent
    }
    stream_.expires_after(shared_->transfer_timeout());
    beast_http::async_write(stream_, response_,
                            [self = shared_from_this()](net::error_code error, std::size_t) {
                                self->on_written(error);
                            });
}

void Exchange::on_written(net::error_code error) {
    if (shared_->is_closed) {
        return;
    }
    response_ = {};
    if (error || after_ == After::kClose) {
        close();
    } else if (after_ == After::kNextRequest) {
        read();
    } else {
        stream_.socket().shutdown(net::Tcp::socket::shutdown_send, error);
        stream_.expires_after(kDiscardTime);
        discard();
    }
}

void Exchange::discard() {
    stream_.async_read_some(net::asio::buffer(discarded_),
                            [self = shared_from_this()](net::error_code error, std::size_t) {
                                if (self->shared_->is_closed) {
                                    return;
                                }
                                if (error) {
                                    self->close();
                                } else {
                                    self->discard();
                                }
                            });
}

}  // namespace livedub::http
