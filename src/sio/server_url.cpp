// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/server_url.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace livedub::sio {
namespace {

struct Scheme {
    std::string_view prefix;
    bool is_tls;
};

constexpr std::array kSchemes{Scheme{"http://", false}, Scheme{"https://", true},
                              Scheme{"ws://", false}, Scheme{"wss://", true}};

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

bool is_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

/// Takes "host" or "[::1]" off the front of `rest`; empty when there is none.
std::string_view take_host(std::string_view& rest) {
    std::string_view host;
    if (rest.starts_with('[')) {
        const auto end = rest.find(']');
        if (end == std::string_view::npos) {
            return {};
        }
        host = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
        const bool is_address =
            host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
        return is_address ? host : std::string_view{};
    }
    host = rest.substr(0, rest.find(':'));
    rest.remove_prefix(host.size());
    return std::ranges::all_of(host, is_plain) ? host : std::string_view{};
}

std::optional<ServerUrl> parse(std::string_view url) {
    const auto* const scheme = std::ranges::find_if(
        kSchemes, [url](const Scheme& known) { return url.starts_with(known.prefix); });
    if (scheme == kSchemes.end()) {
        return std::nullopt;
    }
    auto rest = url.substr(scheme->prefix.size());
    if (rest.ends_with('/')) {
        rest.remove_suffix(1);
    }
    ServerUrl server{.is_tls = scheme->is_tls,
                     .host = std::string{take_host(rest)},
                     .port = scheme->is_tls ? "443" : "80"};
    if (rest.starts_with(':')) {
        rest.remove_prefix(1);
        if (!is_port(rest)) {
            return std::nullopt;
        }
        server.port = std::string{std::exchange(rest, {})};
    }
    return server.host.empty() || !rest.empty() ? std::nullopt : std::optional{std::move(server)};
}

/// A sid is the server's choice of characters.
std::string percent_encode(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        encoded +=
            is_plain(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

}  // namespace

std::string ServerUrl::authority() const {
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return is_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

Result<ServerUrl> parse_server_url(std::string_view url) {
    auto server = parse(url);
    if (!server) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("not a server's URL (http://host:port): \"{}\"", url));
    }
    return *std::move(server);
}

std::string request_target(std::string_view path, std::string_view transport,
                           std::string_view sid) {
    while (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    while (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    const std::string_view slash = path.empty() ? "" : "/";
    auto target = fmt::format("/{}{}?EIO=4&transport={}", path, slash, transport);
    if (!sid.empty()) {
        target += "&sid=" + percent_encode(sid);
    }
    return target;
}

}  // namespace livedub::sio
