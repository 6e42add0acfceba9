// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "net/accept_web_socket.hpp"

#include <deque>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "net/websocket.hpp"

namespace livedub::net {
namespace {

/// A read buffer that grew beyond this is given back after its message.
constexpr std::size_t kKeptReadBuffer = std::size_t{64} << 10U;
/// What a message costs besides its bytes, so that many empty ones are bounded too.
constexpr std::size_t kMessageOverhead = 64;

class AcceptedWebSocket final : public WebSocket,
                                public std::enable_shared_from_this<AcceptedWebSocket> {
  public:
    AcceptedWebSocket(Tcp::socket socket, const WebSocketLimits& limits, WebSocketEvents events)
        : limits_{limits},
          events_{std::move(events)},
          stream_{std::move(socket)},
          closing_{stream_.get_executor()} {
        websocket::stream_base::timeout timeout{};
        timeout.handshake_timeout = limits.handshake_timeout;
        timeout.idle_timeout = websocket::stream_base::none();  // heartbeats are the user's
        timeout.keep_alive_pings = false;
        stream_.set_option(timeout);
        stream_.set_option(websocket::stream_base::decorator(
            [](websocket::response_type& response) { response.set("Server", "livedub"); }));
        stream_.read_message_max(limits.message_bytes);
        stream_.auto_fragment(false);
        error_code ignored;
        stream_.next_layer().socket().set_option(Tcp::no_delay{true}, ignored);
    }

    void accept(const UpgradeRequest& request) {
        stream_.async_accept(request, [self = shared_from_this()](error_code error) {
            if (error) {
                self->end(error.message());
                return;
            }
            self->is_accepted_ = true;
            self->read();
            self->write_next();
        });
    }

    bool send(WebSocketKind kind, std::string message) override {
        if (is_over_ || is_closing_) {
            return true;
        }
        const auto cost = message.size() + kMessageOverhead;
        if (buffered_ > 0 && buffered_ + cost > limits_.buffered_bytes) {
            return false;
        }
        buffered_ += cost;
        outgoing_.push_back({kind, std::move(message)});
        write_soon();
        return true;
    }

    [[nodiscard]] std::size_t buffered() const noexcept override { return buffered_; }

    [[nodiscard]] bool is_receiving(SteadyTime since) const noexcept override {
        return buffer_.size() > 0 && last_received_ > since;
    }

    void close(std::uint16_t code) override {
        if (is_over_ || is_closing_) {
            return;
        }
        is_closing_ = true;
        close_code_ = code;
        // A peer that does not read would hold up the farewell for ever.
        closing_.expires_after(limits_.closing_timeout);
        closing_.async_wait([self = shared_from_this()](error_code cancelled) {
            if (!cancelled) {
                self->end("closing timeout");
            }
        });
        write_next();
    }

    void abort() override {
        events_ = {};
        end("aborted");
    }

  private:
    struct Message {
        WebSocketKind kind;
        std::string bytes;
    };

    void read() {
        stream_.async_read_some(
            buffer_, 0,
            [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); });
    }

    void on_read(error_code error) {
        if (is_over_) {
            return;
        }
        if (error) {
            end(error == websocket::error::closed ? "closed by peer" : error.message());
            return;
        }
        last_received_ = std::chrono::steady_clock::now();
        if (stream_.is_message_done()) {
            deliver();
        }
        if (!is_over_) {
            read();
        }
    }

    void deliver() {
        const auto bytes = buffer_.cdata();
        std::string message{static_cast<const char*>(bytes.data()), bytes.size()};
        buffer_.consume(bytes.size());
        if (buffer_.capacity() > kKeptReadBuffer) {
            buffer_.shrink_to_fit();
        }
        if (!is_closing_ && events_.on_message) {
            // A copy: the events may be dropped inside.
            const auto on_message = events_.on_message;
            on_message(stream_.got_text() ? WebSocketKind::kText : WebSocketKind::kBinary,
                       std::move(message));
        }
    }

    /// What is sent in one go leaves in as few segments as it fits.
    void write_soon() {
        if (!std::exchange(is_write_due_, true)) {
            asio::post(stream_.get_executor(), [self = shared_from_this()] {
                self->is_write_due_ = false;
                self->write_next();
            });
        }
    }

    /// While it is on, only full segments are sent (tcp(7)).
    void set_cork(bool is_corked) {
        if (std::exchange(is_corked_, is_corked) != is_corked) {
            const int value = is_corked ? 1 : 0;
            (void)::setsockopt(stream_.next_layer().socket().native_handle(), IPPROTO_TCP, TCP_CORK,
                               &value, sizeof value);
        }
    }

    void write_next() {
        if (is_over_ || is_writing_ || !is_accepted_) {
            return;
        }
        if (outgoing_.size() != 1) {  // the last of several still leaves with the others
            set_cork(!outgoing_.empty());
        }
        if (outgoing_.empty()) {
            if (is_closing_) {
                say_farewell();
            }
            return;
        }
        is_writing_ = true;
        stream_.text(outgoing_.front().kind == WebSocketKind::kText);
        stream_.async_write(asio::buffer(outgoing_.front().bytes),
                            [self = shared_from_this()](error_code error, std::size_t) {
                                self->on_written(error);
                            });
    }

    void on_written(error_code error) {
        is_writing_ = false;
        if (is_over_) {
            return;
        }
        if (error) {
            end(error.message());
            return;
        }
        buffered_ -= outgoing_.front().bytes.size() + kMessageOverhead;
        outgoing_.pop_front();
        write_next();
    }

    void say_farewell() {
        is_writing_ = true;  // nothing may follow it
        stream_.async_close(websocket::close_reason{close_code_},
                            [self = shared_from_this()](error_code) { self->end("closed"); });
    }

    void end(std::string_view why) {
        if (std::exchange(is_over_, true)) {
            return;
        }
        closing_.cancel();
        stream_.next_layer().close();
        const auto on_close = std::exchange(events_, {}).on_close;
        if (on_close) {
            on_close(why);
        }
    }

    const WebSocketLimits limits_;
    WebSocketEvents events_;
    websocket::stream<beast::tcp_stream, false> stream_;
    asio::steady_timer closing_;
    beast::flat_buffer buffer_;
    SteadyTime last_received_{};
    std::deque<Message> outgoing_;
    std::size_t buffered_ = 0;  // the cost of outgoing_
    std::uint16_t close_code_ = kNormalClosure;
    bool is_accepted_ = false;
    bool is_write_due_ = false;
    bool is_writing_ = false;
    bool is_corked_ = false;
    bool is_closing_ = false;
    bool is_over_ = false;
};

}  // namespace

std::shared_ptr<WebSocket> accept_web_socket(Tcp::socket socket, const UpgradeRequest& request,
                                             const WebSocketLimits& limits,
                                             WebSocketEvents events) {
    auto accepted =
        std::make_shared<AcceptedWebSocket>(std::move(socket), limits, std::move(events));
    accepted->accept(request);
    return accepted;
}

}  // namespace livedub::net
