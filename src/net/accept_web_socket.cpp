// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "net/accept_web_socket.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "wire/websocket.hpp"

namespace livedub::net {
namespace {

using wire::WebSocketOpcode;
namespace http = beast::http;

/// Where bytes are received; on the stack, so that idle connections hold no memory for what may
/// come. The usual fragment fits, and what has been read stays in the processor's cache until it is
/// copied to its message.
constexpr std::size_t kReceiveBuffer = std::size_t{192} << 10U;
/// A connection that sends faster than this is read for another turn after the others.
constexpr std::size_t kMostPerTurn = std::size_t{1} << 20U;
constexpr std::size_t kFramesAtOnce = 8;
constexpr std::size_t kPieces = 4;  // of a frame
/// What a message costs besides its bytes, so that many empty ones are bounded too.
constexpr std::size_t kMessageOverhead = 64;

/// What is being written: frames in pieces, what is left of them.
using Pieces = std::array<asio::const_buffer, kPieces * kFramesAtOnce>;

class AcceptedWebSocket final : public WebSocket,
                                public std::enable_shared_from_this<AcceptedWebSocket> {
  public:
    AcceptedWebSocket(Tcp::socket socket, std::shared_ptr<WebSocketTotals> totals,
                      const WebSocketLimits& limits, WebSocketEvents events)
        : limits_{limits},
          totals_{std::move(totals)},
          events_{std::make_shared<const WebSocketEvents>(std::move(events))},
          socket_{std::move(socket)},
          closing_{socket_.get_executor()},
          reader_{limits.message_bytes} {
        error_code ignored;
        socket_.set_option(Tcp::no_delay{true}, ignored);
        socket_.non_blocking(true, ignored);
        ++totals_->sockets;
    }
    ~AcceptedWebSocket() override {
        --totals_->sockets;
        totals_->incoming_bytes -= accounted_;
    }
    AcceptedWebSocket(const AcceptedWebSocket&) = delete;
    AcceptedWebSocket& operator=(const AcceptedWebSocket&) = delete;

    void begin(std::string answer) {
        push({.head = std::move(answer), .payload = {}, .inset = {}});
        write_soon();
        await_input();
    }

    bool send(WebSocketKind kind, std::string_view prefix, std::string rest,
              wire::Inset inset) override {
        if (is_over_ || is_closing_) {
            return true;
        }
        const auto cost = rest.size() + inset.size() + kMessageOverhead;
        if (buffered_ > 0 && buffered_ + cost > limits_.buffered_bytes) {
            return false;
        }
        push_frame(kind == WebSocketKind::kText ? WebSocketOpcode::kText : WebSocketOpcode::kBinary,
                   prefix, std::move(rest), std::move(inset));
        return true;
    }

    [[nodiscard]] std::size_t buffered() const noexcept override { return buffered_; }

    void set_message_bytes(std::size_t most) override {
        if (!is_closing_) {
            reader_.set_most_bytes(most);
        }
    }

    [[nodiscard]] bool is_busy(SteadyTime since) const noexcept override {
        return (reader_.incomplete_bytes() > 0 && last_received_ > since) ||
               (buffered_ > 0 && last_written_ > since);
    }

    void close(std::uint16_t code) override {
        if (!is_over_ && !is_closing_) {
            say_farewell(wire::encode_websocket_close(code), "closed");
        }
    }

    void abort() override {
        events_ = std::make_shared<const WebSocketEvents>();
        end("aborted");
    }

  private:
    struct Frame {
        std::string head;  // with what the payload begins with
        std::string payload;
        wire::Inset inset;

        [[nodiscard]] std::array<std::string_view, kPieces> pieces() const {
            const std::string_view text{payload};
            return {head, text.substr(0, inset.at),
                    inset.text ? std::string_view{*inset.text} : std::string_view{},
                    text.substr(inset.at)};
        }
        [[nodiscard]] std::size_t size() const {
            return head.size() + payload.size() + inset.size();
        }
        [[nodiscard]] std::size_t cost() const {
            return payload.size() + inset.size() + kMessageOverhead;
        }
    };

    // Reading -------------------------------------------------------------------------------------

    void await_input() {
        socket_.async_wait(Tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
            if (self->is_over_) {
                return;
            }
            try {
                self->on_input(error);
            } catch (...) {  // of whoever hears the messages: nobody would read on
                self->end("failed while it was heard");
                throw;
            }
        });
    }

    void on_input(error_code error) {
        receive(error);
        if (is_over_) {
            return;
        }
        if (error && error != asio::error::would_block) {
            end(is_closing_ ? why_ : error.message());
            return;
        }
        await_input();
    }

    /// All that has come, as far as it is one turn's.
    void receive(error_code& error) {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): received into before it is read
        std::array<char, kReceiveBuffer> buffer;
        std::size_t received = 0;
        for (bool is_drained = false;
             !error && !is_drained && !is_over_ && received < kMostPerTurn;) {
            const auto size = socket_.read_some(asio::buffer(buffer), error);
            is_drained = size < buffer.size();
            received += size;
            take(std::span{buffer}.first(size));
        }
    }

    void take(std::span<char> bytes) {
        while (!is_over_ && !is_deaf_) {
            auto taken = reader_.take(bytes);
            if (!taken) {
                refuse(taken.error());
                return;
            }
            if (!*taken) {
                break;
            }
            hear(std::move(**taken));
        }
        if (!is_over_ && !is_deaf_ && !account()) {
            refuse({.code = wire::kWebSocketTooBig, .what = "too much is coming in"});
        }
    }

    /// False when all that is coming in, here and elsewhere, is too much.
    bool account() {
        if (reader_.incomplete_bytes() != incomplete_) {
            incomplete_ = reader_.incomplete_bytes();
            last_received_ = std::chrono::steady_clock::now();
        }
        const auto others = totals_->incoming_bytes - accounted_;
        accounted_ = reader_.held_bytes();
        totals_->incoming_bytes = others + accounted_;
        return totals_->most_incoming_bytes == 0 || others == 0 || accounted_ == 0 ||
               totals_->incoming_bytes <= totals_->most_incoming_bytes;
    }

    /// Whoever hears the messages need not wait for the farewell.
    void refuse(const wire::WebSocketViolation& violation) {
        is_deaf_ = true;
        reader_ = wire::WebSocketReader{0};
        account();
        const bool was_closing = is_closing_;
        say_farewell(wire::encode_websocket_close(violation.code), violation.what);
        if (!was_closing) {
            tell_the_end(violation.what, violation.code);
        }
    }

    void hear(wire::WebSocketMessage message) {
        switch (message.opcode) {
            case WebSocketOpcode::kPing:
                pong(std::move(message.bytes));
                return;
            case WebSocketOpcode::kClose:
                has_peer_left_ = true;
                say_farewell(message.bytes.substr(0, 2), "closed by peer");
                return;
            case WebSocketOpcode::kText:
            case WebSocketOpcode::kBinary:
                break;
            case WebSocketOpcode::kPong:
            case WebSocketOpcode::kContinuation:
                return;
        }
        if (!is_closing_ && events_->on_message) {
            const auto events = events_;  // they may be dropped inside
            events->on_message(message.opcode == WebSocketOpcode::kText ? WebSocketKind::kText
                                                                        : WebSocketKind::kBinary,
                               std::move(message.bytes));
        }
    }

    void pong(std::string payload) {
        // Who only asks and never reads is not answered for ever.
        if (!is_closing_ && buffered_ + kMessageOverhead <= limits_.buffered_bytes) {
            push_frame(WebSocketOpcode::kPong, "", std::move(payload));
        }
    }

    // Writing -------------------------------------------------------------------------------------

    void push_frame(WebSocketOpcode opcode, std::string_view prefix, std::string payload,
                    wire::Inset inset = {}) {
        auto head =
            wire::encode_websocket_head(opcode, prefix.size() + payload.size() + inset.size());
        head += prefix;
        push({std::move(head), std::move(payload), std::move(inset)});
        write_soon();
    }

    void push(Frame frame) {
        outgoing_.push_back(std::move(frame));
        buffered_ += outgoing_.back().cost();
    }

    /// What is sent in one go leaves in as few segments as it fits.
    void write_soon() {
        if (!std::exchange(is_write_due_, true)) {
            asio::post(socket_.get_executor(), [self = shared_from_this()] { self->write(); });
        }
    }

    void write() {
        is_write_due_ = false;
        error_code error;
        while (!outgoing_.empty() && !is_over_) {
            const auto size = socket_.write_some(pieces(), error);
            if (error == asio::error::would_block) {
                is_write_due_ = true;
                socket_.async_wait(Tcp::socket::wait_write,
                                   [self = shared_from_this()](error_code /*error*/) {
                                       self->write();  // hears of the error itself
                                   });
                return;
            }
            if (error) {
                end(error.message());
                return;
            }
            forget_written(size);
        }
        if (is_closing_ && !is_over_) {
            on_farewell_said();
        }
    }

    [[nodiscard]] Pieces pieces() const {
        Pieces pieces;
        auto* next = pieces.begin();
        for (std::size_t i = 0; i < std::min(outgoing_.size(), kFramesAtOnce); ++i) {
            for (const auto piece : outgoing_[i].pieces()) {
                *next++ = asio::buffer(piece);
            }
        }
        std::size_t gone = written_;
        for (auto& piece : pieces) {
            const auto part = std::min(gone, piece.size());
            piece += part;
            gone -= part;
        }
        return pieces;
    }

    void forget_written(std::size_t size) {
        written_ += size;
        last_written_ = std::chrono::steady_clock::now();
        while (!outgoing_.empty() && written_ >= outgoing_.front().size()) {
            written_ -= outgoing_.front().size();
            buffered_ -= outgoing_.front().cost();
            outgoing_.pop_front();
        }
    }

    // Parting -------------------------------------------------------------------------------------

    /// After what waits, a close frame is sent, unless one was before.
    void say_farewell(std::string payload, std::string_view why) {
        if (!is_closing_) {
            push_frame(WebSocketOpcode::kClose, "", std::move(payload));
            begin_to_close(why);
        } else if (outgoing_.empty()) {
            on_farewell_said();
        }
    }

    void begin_to_close(std::string_view why) {
        is_closing_ = true;
        why_ = why;
        reader_.set_most_bytes(0);
        // A peer that does not read, or does not answer, would hold up the end for ever.
        closing_.expires_after(limits_.closing_timeout);
        closing_.async_wait([self = shared_from_this()](error_code cancelled) {
            if (!cancelled) {
                self->end("closing timeout");
            }
        });
    }

    void on_farewell_said() {
        if (has_peer_left_) {
            end(why_);
        } else if (is_deaf_) {
            // Closing now, with bytes unread, would take away what was sent last (RFC 1122,
            // 4.2.2.13): the peer closes when it has read that.
            error_code ignored;
            socket_.shutdown(Tcp::socket::shutdown_send, ignored);
        }
    }

    void end(std::string_view why) {
        if (std::exchange(is_over_, true)) {
            return;
        }
        closing_.cancel();
        error_code ignored;
        socket_.close(ignored);
        tell_the_end(why, 0);
    }

    void tell_the_end(std::string_view why, std::uint16_t code) {
        const auto events = std::exchange(events_, std::make_shared<const WebSocketEvents>());
        if (events->on_close) {
            events->on_close(why, code);
        }
    }

    const WebSocketLimits limits_;
    const std::shared_ptr<WebSocketTotals> totals_;
    std::shared_ptr<const WebSocketEvents> events_;  // shared with a call in progress
    Tcp::socket socket_;
    asio::steady_timer closing_;
    wire::WebSocketReader reader_;
    SteadyTime last_received_{};  // something of a message
    std::size_t incomplete_ = 0;  // what had come of it then
    std::size_t accounted_ = 0;   // of totals_->incoming_bytes
    SteadyTime last_written_{};
    std::deque<Frame> outgoing_;
    std::size_t written_ = 0;   // of the first of outgoing_
    std::size_t buffered_ = 0;  // the cost of outgoing_
    std::string why_;           // it ends, once it is closing
    bool is_write_due_ = false;
    bool is_closing_ = false;
    bool has_peer_left_ = false;  // it has said so
    bool is_deaf_ = false;        // what comes is no WebSocket
    bool is_over_ = false;
};

}  // namespace

bool is_upgrade(const UpgradeRequest& request) {
    return request.method() == http::verb::get && request.version() == 11 &&
           http::token_list{request[http::field::connection]}.exists("upgrade") &&
           http::token_list{request[http::field::upgrade]}.exists("websocket");
}

std::optional<std::string> accept_handshake(const UpgradeRequest& request) {
    const auto key = request[http::field::sec_websocket_key];
    const auto accept = wire::accept_websocket_key({key.data(), key.size()});
    if (!accept || request[http::field::sec_websocket_version] != "13" ||
        request.count(http::field::host) == 0) {
        return std::nullopt;
    }
    return fmt::format(
        "HTTP/1.1 101 Switching Protocols\r\nServer: livedub\r\nUpgrade: websocket\r\n"
        "Connection: upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n",
        *accept);
}

std::shared_ptr<WebSocket> accept_web_socket(Tcp::socket socket, std::string answer,
                                             std::shared_ptr<WebSocketTotals> totals,
                                             const WebSocketLimits& limits,
                                             WebSocketEvents events) {
    auto accepted = std::make_shared<AcceptedWebSocket>(std::move(socket), std::move(totals),
                                                        limits, std::move(events));
    accepted->begin(std::move(answer));
    return accepted;
}

}  // namespace livedub::net
