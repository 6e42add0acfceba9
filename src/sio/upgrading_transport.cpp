// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The change from polling to WebSocket. Nothing is lost or overtaken: WebSocket carries only the
// probe until polling has sent and received its last.

#include <algorithm>
#include <deque>

#include "net/asio.hpp"
#include "sio/client_transport.hpp"
#include "telemetry/log.hpp"

namespace livedub::sio {
namespace {

using wire::EngineIoPacket;
using wire::EngineIoType;

constexpr std::string_view kProbe = "probe";

class UpgradingTransport final : public ClientTransport,
                                 public std::enable_shared_from_this<UpgradingTransport> {
  public:
    UpgradingTransport(net::asio::io_context& context, std::shared_ptr<PausableTransport> polling,
                       MakeUpgrade make_upgrade, std::chrono::milliseconds timeout)
        : polling_{std::move(polling)},
          make_upgrade_{std::move(make_upgrade)},
          timeout_{timeout},
          timer_{context} {}

    void open(TransportEvents events) override {
        events_ = std::move(events);
        polling_->open(
            {.on_ready = [self = weak_from_this()] { with(self, &UpgradingTransport::on_ready); },
             .on_packet =
                 [self = weak_from_this()](EngineIoPacket packet) {
                     with(self, &UpgradingTransport::on_polled, std::move(packet));
                 },
             .on_written = [self =
                                weak_from_this()] { with(self, &UpgradingTransport::on_written); },
             .on_failed =
                 [self = weak_from_this()](Error error) {
                     with(self, &UpgradingTransport::fail_with, std::move(error));
                 }});
    }

    void send(EngineIoPacket packet) override {
        if (step_ == Step::kPausing) {
            held_bytes_ += packet.payload.size();
            held_.push_back(std::move(packet));
        } else {
            current().send(std::move(packet));
        }
    }

    [[nodiscard]] std::size_t waiting_bytes() const override {
        return held_bytes_ + (step_ == Step::kUpgraded ? websocket_ : polling_)->waiting_bytes();
    }

    void finish() override {
        if (step_ == Step::kPausing) {
            close();  // neither of the two can carry a last word now
            return;
        }
        is_closed_ = true;
        timer_.cancel();
        current().finish();
        other_close();
    }

    void close() override {
        is_closed_ = true;
        timer_.cancel();
        polling_->close();
        if (websocket_) {
            websocket_->close();
        }
    }

  private:
    enum class Step { kPolling, kProbing, kPausing, kUpgraded };

    /// Calls a member unless the transport is gone or closed.
    template <typename Member, typename... Arguments>
    static void with(const std::weak_ptr<UpgradingTransport>& weak, Member member,
                     Arguments&&... arguments) {
        const auto self = weak.lock();
        if (self && !self->is_closed_) {
            ((*self).*member)(std::forward<Arguments>(arguments)...);
        }
    }

    ClientTransport& current() { return step_ == Step::kUpgraded ? *websocket_ : *polling_; }

    void other_close() {
        if (step_ == Step::kUpgraded) {
            polling_->close();
        } else if (websocket_) {
            websocket_->close();
        }
    }

    void fail_with(Error error) {
        close();
        events_.on_failed(std::move(error));
    }

    void on_ready() const { events_.on_ready(); }
    void on_written() const { events_.on_written(); }

    void on_polled(EngineIoPacket packet) {
        if (packet.type == EngineIoType::kOpen && step_ == Step::kPolling) {
            consider(packet.payload);
        }
        events_.on_packet(std::move(packet));
    }

    void consider(std::string_view payload) {
        const auto handshake = wire::decode_handshake(payload);
        if (!handshake ||
            std::ranges::find(handshake->upgrades, "websocket") == handshake->upgrades.end()) {
            return;
        }
        step_ = Step::kProbing;
        websocket_ = make_upgrade_(handshake->sid);
        websocket_->open(
            {.on_ready = [self = weak_from_this()] { with(self, &UpgradingTransport::probe); },
             .on_packet =
                 [self = weak_from_this()](EngineIoPacket packet) {
                     with(self, &UpgradingTransport::on_framed, std::move(packet));
                 },
             .on_written = [self =
                                weak_from_this()] { with(self, &UpgradingTransport::on_written); },
             .on_failed =
                 [self = weak_from_this()](Error error) {
                     with(self, &UpgradingTransport::on_websocket_failed, std::move(error));
                 }});
        timer_.expires_after(timeout_);
        timer_.async_wait([self = weak_from_this()](net::error_code cancelled) {
            if (!cancelled) {
                with(self, &UpgradingTransport::on_timeout);
            }
        });
    }

    void probe() { websocket_->send({EngineIoType::kPing, std::string{kProbe}, false}); }

    void on_framed(EngineIoPacket packet) {
        if (step_ == Step::kUpgraded) {
            events_.on_packet(std::move(packet));
        } else if (step_ == Step::kProbing && packet.type == EngineIoType::kPong &&
                   packet.payload.view() == kProbe) {
            step_ = Step::kPausing;
            polling_->pause(
                [self = weak_from_this()] { with(self, &UpgradingTransport::change_over); });
        }
    }

    void change_over() {
        step_ = Step::kUpgraded;
        timer_.cancel();
        websocket_->send({EngineIoType::kUpgrade, "", false});
        held_bytes_ = 0;
        for (auto& packet : std::exchange(held_, {})) {
            websocket_->send(std::move(packet));
        }
    }

    void on_websocket_failed(Error error) {
        if (step_ == Step::kProbing) {
            give_up(error.message());
        } else {
            fail_with(std::move(error));
        }
    }

    void on_timeout() {
        if (step_ == Step::kProbing) {
            give_up("timeout");
        } else if (step_ == Step::kPausing) {
            fail_with({ErrorCode::kTimeout, "the upgrade to WebSocket was not completed"});
        }
    }

    void give_up(const std::string& why) {
        logger("sio")->info("upgrade_failed why=\"{}\"", why);
        step_ = Step::kPolling;
        timer_.cancel();
        websocket_->close();
    }

    std::shared_ptr<PausableTransport> polling_;  // shared with their pending operations
    std::shared_ptr<ClientTransport> websocket_;  // from kProbing on
    MakeUpgrade make_upgrade_;
    std::chrono::milliseconds timeout_;
    net::asio::steady_timer timer_;
    TransportEvents events_;
    Step step_ = Step::kPolling;
    bool is_closed_ = false;
    std::deque<EngineIoPacket> held_;  // sent while pausing
    std::size_t held_bytes_ = 0;
};

}  // namespace

std::shared_ptr<ClientTransport> make_upgrading_transport(
    net::asio::io_context& context, std::shared_ptr<PausableTransport> polling,
    MakeUpgrade make_upgrade, std::chrono::milliseconds timeout) {
    return std::make_shared<UpgradingTransport>(context, std::move(polling),
                                                std::move(make_upgrade), timeout);
}

}  // namespace livedub::sio
