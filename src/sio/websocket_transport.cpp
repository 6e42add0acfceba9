// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <deque>
#include <optional>

#include <fmt/format.h>

#include "net/client_stream.hpp"
#include "sio/client_transport.hpp"
#include "sio/http_status.hpp"
#include "telemetry/log.hpp"

namespace livedub::sio {
namespace {

namespace beast = net::beast;
namespace websocket = net::websocket;
using net::error_code;

constexpr std::size_t kWriteBuffer = 65'536;  // where outgoing bytes are masked, piece by piece
constexpr std::chrono::milliseconds kLastWords{1000};

class WebSocketTransport final : public ClientTransport,
                                 public std::enable_shared_from_this<WebSocketTransport> {
  public:
    WebSocketTransport(net::asio::io_context& context, TransportConfig config, std::string sid)
        : config_{std::move(config)},
          sid_{std::move(sid)},
          stream_{context},
          socket_{stream_},
          last_words_{context} {}

    void open(TransportEvents events) override {
        events_ = std::move(events);
        stream_.connect(config_.server.host, config_.server.port, security_of(config_),
                        [self = shared_from_this()](Result<void> connected) {
                            self->on_connected(std::move(connected));
                        });
    }

    void send(wire::EngineIoPacket packet) override {
        if (state_ == State::kClosed) {
            return;
        }
        waiting_bytes_ += packet.payload.size();
        waiting_.push_back(std::move(packet));
        write();
    }

    [[nodiscard]] std::size_t waiting_bytes() const override { return waiting_bytes_; }

    void finish() override {
        if (!is_ready_ || waiting_.empty()) {
            close();
            return;
        }
        state_ = State::kFinishing;
        last_words_.expires_after(kLastWords);
        last_words_.async_wait([self = shared_from_this()](error_code) { self->close(); });
    }

    void close() override {
        state_ = State::kClosed;
        last_words_.cancel();
        stream_.close();
    }

  private:
    enum class State { kOpen, kFinishing, kClosed };

    void fail_with(Error error) {
        if (state_ == State::kOpen) {
            close();
            events_.on_failed(std::move(error));
        }
        close();
    }

    void on_connected(Result<void> connected) {
        if (!connected) {
            fail_with(std::move(connected).error());
            return;
        }
        socket_.auto_fragment(false);
        socket_.write_buffer_bytes(kWriteBuffer);
        socket_.read_message_max(config_.max_payload);
        socket_.set_option(
            websocket::stream_base::decorator{[this](websocket::request_type& request) {
                request.set(beast::http::field::user_agent, "livedub");
                for (const auto& [name, value] : config_.headers) {
                    request.set(name, value);
                }
            }});
        socket_.async_handshake(
            answer_, config_.server.authority(), request_target(config_.path, "websocket", sid_),
            [self = shared_from_this()](error_code error) { self->on_handshake(error); });
    }

    void on_handshake(error_code error) {
        if (error == websocket::error::upgrade_declined) {
            fail_with(error_of_status(answer_.result_int(), answer_.body()));
            return;
        }
        if (error) {
            fail_with({ErrorCode::kUnavailable, "WebSocket handshake: " + error.message()});
            return;
        }
        if (state_ != State::kOpen) {
            close();
            return;
        }
        is_ready_ = true;
        events_.on_ready();
        write();
        read();
    }

    void read() {
        if (state_ != State::kClosed) {
            socket_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) {
                self->on_read(error);
            });
        }
    }

    void on_read(error_code error) {
        if (error == websocket::error::message_too_big) {
            fail_with({ErrorCode::kProtocol,
                       fmt::format("a message of more than {} bytes", config_.max_payload)});
            return;
        }
        if (error) {
            fail_with({ErrorCode::kUnavailable, error == websocket::error::closed
                                                    ? "the server closed the WebSocket"
                                                    : "the connection broke: " + error.message()});
            return;
        }
        const auto data = buffer_.cdata();
        const std::string_view text{static_cast<const char*>(data.data()), data.size()};
        if (state_ == State::kOpen) {
            deliver(text, socket_.got_text());
        }
        buffer_.consume(buffer_.size());
        if (buffer_.capacity() > kKeptCapacity) {
            buffer_ = {};  // one large message is no reason to hold its memory for ever
        }
        read();
    }

    void deliver(std::string_view content, bool is_text) const {
        if (!is_text) {
            events_.on_packet({wire::EngineIoType::kMessage, std::string{content}, true});
            return;
        }
        auto packet = wire::decode_engineio(std::string{content});
        if (!packet) {
            logger("sio")->debug("packet_ignored why=\"{}\"", packet.error().message());
            return;
        }
        events_.on_packet(std::move(*packet));
    }

    void write() {
        if (!is_ready_ || is_writing_ || waiting_.empty() || state_ == State::kClosed) {
            return;
        }
        is_writing_ = true;
        const auto& packet = waiting_.front();
        socket_.text(!packet.is_binary);
        type_ = static_cast<char>(packet.type);
        const std::array<net::asio::const_buffer, 2> buffers{
            net::asio::buffer(&type_, packet.is_binary ? 0 : 1),
            net::asio::buffer(packet.payload.view())};
        socket_.async_write(buffers, [self = shared_from_this()](error_code error, std::size_t) {
            self->on_write(error);
        });
    }

    void on_write(error_code error) {
        is_writing_ = false;
        if (error) {
            fail_with({ErrorCode::kUnavailable, "the connection broke: " + error.message()});
            return;
        }
        waiting_bytes_ -= waiting_.front().payload.size();
        waiting_.pop_front();
        if (state_ == State::kFinishing && waiting_.empty()) {
            close();
            return;
        }
        write();
        if (state_ == State::kOpen) {
            events_.on_written();
        }
    }

    static constexpr std::size_t kKeptCapacity = std::size_t{1} << 20U;

    TransportConfig config_;
    std::string sid_;
    TransportEvents events_;
    net::ClientStream stream_;
    websocket::stream<net::ClientStream&> socket_;
    websocket::response_type answer_;
    net::asio::steady_timer last_words_;
    beast::flat_buffer buffer_;
    State state_ = State::kOpen;
    bool is_ready_ = false;
    bool is_writing_ = false;
    char type_ = 0;  // of the packet being written
    std::deque<wire::EngineIoPacket> waiting_;
    std::size_t waiting_bytes_ = 0;
};

}  // namespace

std::shared_ptr<ClientTransport> make_websocket_transport(net::asio::io_context& context,
                                                          TransportConfig config, std::string sid) {
    return std::make_shared<WebSocketTransport>(context, std::move(config), std::move(sid));
}

}  // namespace livedub::sio
