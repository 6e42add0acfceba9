// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A small HTTP/1.1 server for what watches us: an API port, a metrics port. One handler answers
// everything; sizes, times and the number of connections are bounded; keep-alive is honoured.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace livedub::net {
class IoThread;
}

namespace livedub::http {

struct Request {
    std::string method;  // "GET"
    std::string path;    // as sent, still percent-encoded: "/v3/paths/list"
    std::string query;   // without '?'
    std::string body;
    std::map<std::string, std::string> headers{};  // names in lower case; a repeated one: its last
    std::string peer{};                            // "127.0.0.1:53210"
};

struct Response {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers{};  // more of them
};

/// Called on the io thread; must not block.
using Handler = std::function<Response(const Request&)>;

struct Limits {
    std::size_t connections = 64;
    std::uint32_t header_bytes = 16 * 1024;
    std::uint64_t body_bytes = std::uint64_t{64} * 1024;
    /// For a whole request to come, for its answer to leave, and for the next one to begin.
    std::chrono::milliseconds timeout{10'000};
};

class Server {
  public:
    /// Serves until destruction. `io`, and what the handler touches, outlive the server.
    ///
    /// Errors: kUnavailable (port in use) and kInvalidArgument (no such address), with address and
    /// port.
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(net::IoThread& io,
                                                               const std::string& host,
                                                               std::uint16_t port, Handler handler,
                                                               const Limits& limits = {});

    /// Closes every connection; the handler is not called any more. Not on the io thread.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;

  private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// The value of `name` in a query ("page" in "page=2&itemsPerPage=5"), percent-decoded; empty when
/// it is not there.
[[nodiscard]] std::string query_value(const std::string& query, const std::string& name);

/// "a%2Fb+c" -> "a/b+c". Malformed escapes stay as they are.
[[nodiscard]] std::string percent_decode(const std::string& text);

}  // namespace livedub::http
