// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One HTTP connection: request, answer, and again while the client keeps it alive. Of room http
// alone; for .cpp files. Io thread only.

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "http/server.hpp"
#include "net/beast.hpp"
#include "net/io_thread.hpp"

namespace livedub::http {

class Exchange;

/// What all connections of one server share.
struct Shared {
    net::IoThread& io;
    Handlers handlers;
    Limits limits;
    bool is_closed = false;
    std::unordered_map<Exchange*, std::shared_ptr<Exchange>> open{};
    /// Those that wait for a request's head, the first to go first: strangers, then the oldest.
    std::map<std::pair<bool, std::uint64_t>, Exchange*> waiting{};
    std::uint64_t next_place = 0;
    std::uint64_t body_bytes = 0;  // that were promised to bodies coming in
    std::shared_ptr<net::WebSocketTotals> web_sockets = std::make_shared<net::WebSocketTotals>(
        net::WebSocketTotals{.most_incoming_bytes = limits.total_body_bytes});

    [[nodiscard]] std::chrono::milliseconds transfer_timeout() const {
        return limits.transfer_timeout.count() > 0 ? limits.transfer_timeout : limits.timeout;
    }
};

class Exchange : public std::enable_shared_from_this<Exchange> {
  public:
    // Shared by the server and all its connections.
    Exchange(std::shared_ptr<Shared> shared, net::Tcp::socket socket);

    /// Waits for a request.
    void read();
    void close();
    /// Answers request `number` if that is what the client waits for.
    void answer(std::uint64_t number, Response response);
    /// The right to answer request `number` was thrown away.
    void abandon(std::uint64_t number);
    void set_on_gone(std::uint64_t number, std::function<void()> gone);

  private:
    void wait_in_line();
    void leave_line();
    void on_head(net::error_code error);
    void on_body(net::error_code error);
    [[nodiscard]] Request head() const;
    void handle(Request request);
    void take_over(const Request& request);
    void refuse_body(const Request& request);
    [[nodiscard]] bool reserve(std::uint64_t bytes);
    void release();
    void watch();
    void on_readable(std::uint64_t number, net::error_code error);
    void on_client_gone();
    void write(Response answer);
    void on_written(net::error_code error);
    void discard();

    enum class After {
        kNextRequest = 1,
        kClose = 2,
        kDiscardThenClose = 3,  // the client is still sending: closing now would lose the answer
    };

    std::shared_ptr<Shared> shared_;
    net::beast::tcp_stream stream_;
    std::string peer_;
    net::beast::flat_buffer buffer_;
    std::optional<net::beast::http::request_parser<net::beast::http::string_body>> parser_;
    net::beast::http::response<net::beast::http::string_body> response_;
    std::array<char, 4096> discarded_{};
    std::optional<std::pair<bool, std::uint64_t>> place_;  // in shared_->waiting
    std::uint64_t reserved_ = 0;                           // of shared_->body_bytes
    std::uint64_t number_ = 0;                             // of the request
    bool is_pending_ = false;                              // its answer is
    std::function<void()> on_gone_;
    After after_ = After::kNextRequest;
};

}  // namespace livedub::http
