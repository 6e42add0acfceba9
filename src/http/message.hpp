// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Requests, responses, and the ways to answer one: at once, later, or by becoming a WebSocket.

#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "net/web_socket.hpp"

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

/// The right to answer one request, once: what comes after the first answer is dropped, and so is
/// an answer to a client that has gone. When the last copy goes unused the connection is closed.
/// No copy may outlive the io thread.
class Respond {
  public:
    using Answer = std::function<void(Response)>;
    using Watch = std::function<void(std::function<void()>)>;

    Respond() = default;
    explicit Respond(Answer answer, Watch watch = {})
        : answer_{std::move(answer)}, watch_{std::move(watch)} {}

    /// From anything that takes a Response, for tests of handlers.
    template <typename Callable>
    requires(!std::same_as<std::remove_cvref_t<Callable>, Respond> &&
             std::invocable<Callable&, Response>)
        // NOLINTNEXTLINE(google-explicit-constructor)
        Respond(Callable answer)
        : answer_{std::move(answer)} {}

    /// Any thread.
    void operator()(Response response) const { answer_(std::move(response)); }

    /// Calls `gone` if the client leaves before it has its answer, but not when the server ends.
    /// Io thread.
    void on_gone(std::function<void()> gone) const {
        if (watch_) {
            watch_(std::move(gone));
        }
    }

    explicit operator bool() const noexcept { return static_cast<bool>(answer_); }

  private:
    Answer answer_;
    Watch watch_;
};

/// Called on the io thread; must not block. Answers now, or keeps `respond` and answers later.
using AsyncHandler = std::function<void(Request, Respond)>;

/// Turns the connection into a WebSocket, which the server then has no more to do with. Only while
/// the handler that got it runs, and once. The result is shared with the operations under way.
using AcceptUpgrade = std::function<std::shared_ptr<net::WebSocket>(const net::WebSocketLimits&,
                                                                    net::WebSocketEvents)>;

/// A request that asks for a WebSocket: either calls `accept` and returns nullopt, or returns what
/// to answer instead. Called on the io thread; must not block.
using UpgradeHandler =
    std::function<std::optional<Response>(const Request&, const AcceptUpgrade& accept)>;

/// A server that does more than answer at once. All on the io thread.
struct Handlers {
    AsyncHandler on_request;
    /// Without it, upgrades are ordinary requests.
    UpgradeHandler on_upgrade{};
    /// Most bytes of body for a request whose head is there; without it Limits::body_bytes.
    std::function<std::uint64_t(const Request& head)> body_limit{};
    /// A request whose body goes beyond that: the server answers 413 and closes.
    std::function<void(const Request& head)> on_too_large{};
};

}  // namespace livedub::http
