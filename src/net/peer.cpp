// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "net/peer.hpp"

#include <fmt/format.h>

namespace livedub::net {

std::string describe_peer(const Tcp::socket& socket) {
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    return error ? std::string{"gone"}
                 : fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port());
}

}  // namespace livedub::net
