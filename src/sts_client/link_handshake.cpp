// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/link_handshake.hpp"

#include <algorithm>
#include <cstddef>

#include <nlohmann/json.hpp>

namespace livedub::sts_client {

std::string header_name_of(std::string_view name) {
    constexpr std::size_t kMost = 64;
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    std::string header{name.substr(0, kMost)};
    std::replace_if(
        header.begin(), header.end(),
        [&](char letter) { return kAllowed.find(letter) == std::string_view::npos; }, '_');
    return header;
}

sio::ClientConfig make_client_config(const StsClientConfig& config, std::string_view stream_id) {
    sio::ClientConfig client;
    client.url = config.url;
    client.path = config.path;
    client.name_space = config.name_space;
    if (!config.api_key.empty()) {
        client.auth = nlohmann::json{{"token", config.api_key}}.dump(
            -1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
    client.headers = {{"X-Stream-ID", header_name_of(stream_id)},
                      {"X-Worker-ID", header_name_of(config.link.worker_id)}};
    client.verify_certificate = config.verify_certificate;
    return client;
}

}  // namespace livedub::sts_client
