// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One request after another to one server, over a connection that is kept while the server keeps
// it and made anew when it does not. For .cpp files: it includes Beast.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "net/client_stream.hpp"
#include "sio/client_transport.hpp"

namespace livedub::sio {

struct HttpAnswer {
    unsigned status = 0;
    std::string body;
};

/// Io thread only.
class HttpLine : public std::enable_shared_from_this<HttpLine> {
  public:
    using OnAnswer = std::function<void(Result<HttpAnswer>)>;
    using Verb = net::beast::http::verb;

    HttpLine(net::asio::io_context& context, const TransportConfig& config, std::size_t body_limit);

    /// One at a time. `on_answer` is called unless close() comes first.
    void ask(Verb verb, const std::string& target, std::string body, OnAnswer on_answer);

    [[nodiscard]] bool is_busy() const { return on_answer_ != nullptr; }

    void close();

  private:
    /// One connection; a later one does not hear from the handlers of an earlier one.
    struct Link {
        explicit Link(net::asio::io_context& context) : stream{context} {}
        net::ClientStream stream;
        net::beast::flat_buffer buffer;
        std::optional<net::beast::http::response_parser<net::beast::http::string_body>> parser;
        bool has_answered = false;  // at least once
    };
    using LinkHandle = std::shared_ptr<Link>;  // shared with its pending operations

    void connect();
    void write(const LinkHandle& link);
    void read(const LinkHandle& link);
    void on_read(const LinkHandle& link, net::error_code error);
    void on_broken(const LinkHandle& link, net::error_code error);
    void answer(Result<HttpAnswer> result);
    void drop_link();

    net::asio::io_context& context_;
    TransportConfig config_;
    std::size_t body_limit_;
    net::beast::http::request<net::beast::http::string_body> request_;
    OnAnswer on_answer_;
    LinkHandle link_;
    bool is_closed_ = false;
};

}  // namespace livedub::sio
