// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How a link introduces itself: address, headers, key.

#pragma once

#include <string>
#include <string_view>

#include "sio/client.hpp"
#include "sts_client/sts_dubber.hpp"

namespace livedub::sts_client {

/// A name as a header takes it: [A-Za-z0-9_-], at most 64 characters; others become '_'.
[[nodiscard]] std::string header_name_of(std::string_view name);

[[nodiscard]] sio::ClientConfig make_client_config(const StsClientConfig& config,
                                                   std::string_view stream_id);

}  // namespace livedub::sts_client
