// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Who may publish and play what: the question, as the server asks it, and the answer of a list of
// keys. Credentials stand in the query of the URL, where every encoder lets people put them:
// rtmp://host/live/game/in?key=... ; MediaMTX's names (user and pass, token) count, too.

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace livedub::rtmp {

enum class Access {
    kPublish = 1,
    kPlay = 2,
};

/// "publish", "play".
[[nodiscard]] std::string_view to_string(Access access) noexcept;

struct AccessRequest {
    Access access = Access::kPublish;
    std::string path;   // "live/demo/in"
    std::string query;  // as the client sent it, with what it is known by
    std::string peer;   // its IP address
    std::string connection_id;
};

struct Credentials {
    std::string user;    // "user"
    std::string secret;  // the first there is of "key", "pass" and "token"
};

[[nodiscard]] Credentials credentials_of(std::string_view query);

/// `query` as others may see it: without what credentials_of() looks for.
[[nodiscard]] std::string without_credentials_in_query(std::string_view query);

/// Success, or an error with what the client may be told.
using AccessAnswer = std::function<void(Result<void>)>;
/// Called on the io thread, must not block; answers once, there, at once or later. A client that
/// has gone in the meantime is not missed.
using AccessGuard = std::function<void(const AccessRequest&, const AccessAnswer&)>;

/// A file of keys. Each line says who may do what: an action, a path and a key.
///
///     # action  path           key
///     publish   live/*/in      correct-horse
///     play      live/*/out     any
///     publish   live/game/out  sha256:<64 hexadecimal digits>
///
/// '*' stands for any one part of the path, or a piece of one. What no line allows is refused.
class AccessList {
  public:
    /// Errors: kInvalidArgument, naming the line and what is allowed there.
    [[nodiscard]] static Result<AccessList> parse(std::string_view text);
    /// As parse(), of a file. Errors: those of parse() and kUnavailable (it cannot be read), with
    /// the path.
    [[nodiscard]] static Result<AccessList> load(const std::string& path);

    [[nodiscard]] bool allows(const AccessRequest& request) const;

  private:
    using Digest = std::array<std::uint8_t, 32>;
    struct Rule {
        Access access = Access::kPublish;
        std::string path;
        bool is_open = false;  // the key is "any"
        Digest digest{};
    };
    std::vector<Rule> rules_;
};

}  // namespace livedub::rtmp
