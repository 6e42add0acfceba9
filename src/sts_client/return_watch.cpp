// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/return_watch.hpp"

#include <chrono>
#include <cstddef>
#include <utility>

#include "net/asio.hpp"
#include "net/io_thread.hpp"
#include "sio/http_line.hpp"
#include "sio/server_url.hpp"

namespace livedub::sts_client {
namespace {

constexpr std::chrono::seconds kPeriod{1};
constexpr std::size_t kMostBytes = 65'536;  // of an answer that nobody reads
constexpr unsigned kFirstServerError = 500;
constexpr int kSlowIsAway = 2;  // answers in a row that took longer than a period: once is a hiccup

}  // namespace

class ReturnWatch::Asking : public std::enable_shared_from_this<Asking> {
  public:
    Asking(net::asio::io_context& context, sio::TransportConfig config,
           std::function<void()> on_return)
        : context_{context},
          config_{std::move(config)},
          on_return_{std::move(on_return)},
          timer_{context} {}

    void ask() {
        line_ = std::make_shared<sio::HttpLine>(context_, config_, kMostBytes);
        line_->ask(sio::HttpLine::Verb::get, "/ready", {},
                   [weak = weak_from_this()](const Result<sio::HttpAnswer>& answer) {
                       if (const auto self = weak.lock()) {
                           self->on_answer(answer && answer->status < kFirstServerError);
                       }
                   });
        timer_.expires_after(kPeriod);
        timer_.async_wait([weak = weak_from_this()](net::error_code error) {
            const auto self = weak.lock();
            if (!error && self != nullptr && self->on_return_) {
                self->slow_in_a_row_ = self->line_->is_busy() ? self->slow_in_a_row_ + 1 : 0;
                self->was_away_ |= self->slow_in_a_row_ >= kSlowIsAway;
                self->line_->close();
                self->ask();
            }
        });
    }

    void close() {
        on_return_ = nullptr;
        timer_.cancel();
        if (line_ != nullptr) {
            line_->close();
        }
    }

  private:
    void on_answer(bool is_there) {
        if (!is_there) {
            was_away_ = true;
            return;
        }
        const auto tell = was_away_ ? std::move(on_return_) : nullptr;
        close();
        if (tell) {
            tell();
        }
    }

    net::asio::io_context& context_;
    const sio::TransportConfig config_;
    std::function<void()> on_return_;
    net::asio::steady_timer timer_;
    std::shared_ptr<sio::HttpLine> line_;  // a new one for each question: one may hang
    int slow_in_a_row_ = 0;
    bool was_away_ = false;
};

ReturnWatch::ReturnWatch(net::IoThread& io, const StsClientConfig& config,
                         std::function<void()> on_return) {
    auto server = sio::parse_server_url(config.url);
    if (!server) {
        return;  // an attempt says so
    }
    asking_ = std::make_shared<Asking>(
        io.context(),
        sio::TransportConfig{.server = *std::move(server),
                             .path = {},
                             .headers = {},
                             .verify_certificate = config.verify_certificate},
        std::move(on_return));
    asking_->ask();
}

ReturnWatch::~ReturnWatch() {
    if (asking_ != nullptr) {
        asking_->close();
    }
}

}  // namespace livedub::sts_client
