// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "sio/client_transport.hpp"
#include "sio/http_line.hpp"
#include "sio/http_status.hpp"

namespace livedub::sio {
namespace {

using wire::EngineIoPacket;
using wire::EngineIoType;
using Verb = HttpLine::Verb;

constexpr unsigned kOk = 200;
constexpr std::chrono::milliseconds kLastWords{1000};

/// Of a packet in a payload, with its separator.
std::size_t encoded_size(const EngineIoPacket& packet) {
    const auto size = packet.payload.size();
    return 2 + (packet.is_binary ? (size + 2) / 3 * 4 : size);
}

/// Two lines: one has a request of the server's waiting at all times, the other posts.
class PollingTransport final : public PausableTransport,
                               public std::enable_shared_from_this<PollingTransport> {
  public:
    PollingTransport(net::asio::io_context& context, TransportConfig config)
        : config_{std::move(config)},
          // Several messages may have queued up at the server, and bytes are a third longer.
          gets_{std::make_shared<HttpLine>(context, config_, 2 * config_.max_payload + kSlack)},
          posts_{std::make_shared<HttpLine>(context, config_, kSlack)},
          post_limit_{config_.max_payload},
          last_words_{context} {}

    void open(TransportEvents events) override {
        events_ = std::move(events);
        poll();
    }

    void send(EngineIoPacket packet) override {
        waiting_bytes_ += packet.payload.size();
        waiting_.push_back(std::move(packet));
        post();
    }

    [[nodiscard]] std::size_t waiting_bytes() const override { return waiting_bytes_; }

    void pause(std::function<void()> done) override {
        on_paused_ = std::move(done);
        check_paused();
    }

    void finish() override {
        if (sid_.empty() || (waiting_.empty() && !posts_->is_busy())) {
            close();
            return;
        }
        state_ = State::kFinishing;
        last_words_.expires_after(kLastWords);
        last_words_.async_wait([self = shared_from_this()](net::error_code) { self->close(); });
    }

    void close() override {
        state_ = State::kClosed;
        last_words_.cancel();
        gets_->close();
        posts_->close();
    }

  private:
    enum class State { kOpen, kFinishing, kClosed };

    void fail_with(Error error) {
        const bool is_news = state_ == State::kOpen;
        close();
        if (is_news) {
            events_.on_failed(std::move(error));
        }
    }

    [[nodiscard]] Error error_of(const Result<HttpAnswer>& answer) const {
        if (!answer) {
            return answer.error();
        }
        auto error = error_of_status(answer->status, answer->body);
        // A server that knew us and does not any more has been restarted, whatever it calls that.
        return sid_.empty() ? error : Error{ErrorCode::kUnavailable, error.message()};
    }

    void poll() {
        if (state_ != State::kOpen || on_paused_) {
            return;
        }
        // Weakly: the line that keeps the callback is this one's, and a program that ends asks
        // nobody to close.
        gets_->ask(Verb::get, request_target(config_.path, "polling", sid_), {},
                   [weak = weak_from_this()](Result<HttpAnswer> answer) {
                       if (const auto self = weak.lock()) {
                           self->on_polled(std::move(answer));
                       }
                   });
    }

    void on_polled(Result<HttpAnswer> answer) {
        if (!answer || answer->status != kOk) {
            fail_with(error_of(answer));
            return;
        }
        if (answer->body.empty()) {  // python-engineio's last answer
            fail_with({ErrorCode::kUnavailable, "the server closed the connection"});
            return;
        }
        auto packets = wire::decode_engineio_payload(answer->body);
        if (!packets) {
            fail_with(std::move(packets).error());
            return;
        }
        if (sid_.empty() && !take_handshake(packets->front())) {
            return;
        }
        for (auto& packet : *packets) {
            if (state_ == State::kOpen) {
                events_.on_packet(std::move(packet));
            }
        }
        poll();
        check_paused();
    }

    bool take_handshake(const EngineIoPacket& packet) {
        auto handshake = packet.type == EngineIoType::kOpen
                             ? wire::decode_handshake(packet.payload)
                             : fail(ErrorCode::kProtocol, "no handshake");
        if (!handshake) {
            fail_with(std::move(handshake).error());
            return false;
        }
        sid_ = std::move(handshake->sid);
        post_limit_ = std::min(post_limit_, handshake->max_payload);
        events_.on_ready();
        post();
        return true;
    }

    void post() {
        if (state_ == State::kClosed || sid_.empty() || posts_->is_busy() || waiting_.empty()) {
            return;
        }
        const auto batch = take_batch();
        if (batch.empty()) {
            fail_with({ErrorCode::kInvalidArgument,
                       fmt::format("a packet of {} bytes; the server takes {}",
                                   encoded_size(waiting_.front()), post_limit_)});
            return;
        }
        posts_->ask(Verb::post, request_target(config_.path, "polling", sid_),
                    wire::encode_engineio_payload(batch),
                    [weak = weak_from_this()](const Result<HttpAnswer>& answer) {
                        if (const auto self = weak.lock()) {
                            self->on_posted(answer);
                        }
                    });
    }

    /// As many as a peer reads from one payload; none when already the first is too long.
    std::vector<EngineIoPacket> take_batch() {
        std::vector<EngineIoPacket> batch;
        std::size_t size = 0;
        while (!waiting_.empty() && batch.size() < wire::kPolitePayloadPackets) {
            size += encoded_size(waiting_.front());
            if (size > post_limit_ + 1) {  // the last has no separator
                break;
            }
            posted_bytes_ += waiting_.front().payload.size();
            batch.push_back(std::move(waiting_.front()));
            waiting_.pop_front();
        }
        return batch;
    }

    void on_posted(const Result<HttpAnswer>& answer) {
        if (!answer || answer->status != kOk) {
            fail_with(error_of(answer));
            return;
        }
        waiting_bytes_ -= std::exchange(posted_bytes_, 0);
        if (state_ == State::kFinishing && waiting_.empty()) {
            close();
            return;
        }
        post();
        if (state_ == State::kOpen) {
            events_.on_written();
        }
        check_paused();
    }

    void check_paused() {
        const bool is_quiet = !gets_->is_busy() && !posts_->is_busy() && waiting_.empty();
        if (state_ == State::kOpen && on_paused_ && is_quiet) {
            const auto done = std::exchange(on_paused_, nullptr);
            close();
            done();
        }
    }

    static constexpr std::size_t kSlack = 65'536;

    TransportConfig config_;
    TransportEvents events_;
    std::shared_ptr<HttpLine> gets_;  // shared with its pending operations
    std::shared_ptr<HttpLine> posts_;
    std::string sid_;  // empty until the handshake
    std::size_t post_limit_;
    net::asio::steady_timer last_words_;
    std::function<void()> on_paused_;
    State state_ = State::kOpen;
    std::deque<EngineIoPacket> waiting_;
    std::size_t waiting_bytes_ = 0;  // with what is being posted
    std::size_t posted_bytes_ = 0;
};

}  // namespace

std::shared_ptr<PausableTransport> make_polling_transport(net::asio::io_context& context,
                                                          TransportConfig config) {
    return std::make_shared<PollingTransport>(context, std::move(config));
}

}  // namespace livedub::sio
