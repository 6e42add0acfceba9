// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One HTTP request, made by a thread that may wait: an API is asked, a hook is told, a file is
// fetched. Time, size and schemes are bounded; redirects are not followed.

#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace livedub::http {

struct FetchedPage {
    int status = 0;  // 404 is an answer, not an error
    std::string content_type;
    std::string body;
    bool is_whole = true;  // false: the request had enough of it before its end
};

struct FetchRequest {
    std::string url;  // http or https; credentials in it are sent, and never shown
    std::string method = "GET";
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    std::chrono::milliseconds connect_timeout{3'000};
    std::chrono::milliseconds total_timeout{10'000};
    std::size_t max_bytes = std::size_t{1} << 20U;  // of the answer's body
    bool verify_certificate = true;
    /// How long a body that has begun may stand still; zero: as long as there is time.
    std::chrono::milliseconds stall_timeout{0};
    /// Asked on the calling thread whenever more of the body has come. True: no more of it is
    /// wanted, and the connection is closed. Empty: all of it is.
    std::function<bool(const FetchedPage& so_far)> is_enough{};
};

/// Blocks until the answer is there, at most `total_timeout`; never on the io thread. Notices
/// `stop` within 100 ms. Hosts of the loopback are asked directly, others through the proxy that
/// the environment names, if any. Any thread.
///
/// Errors, with the URL as shown_url() has it: kInvalidArgument (URL, method or header that cannot
/// be sent), kUnavailable (not reached, or broken off), kTimeout (all of it, or a stall), kProtocol
/// (what answered does not speak HTTP), kExhausted (the answer is longer than `max_bytes`),
/// kCancelled.
[[nodiscard]] Result<FetchedPage> fetch(const FetchRequest& request,
                                        const std::stop_token& stop = {});

/// `url` for people and logs: without credentials, query and fragment, which may hold secrets.
[[nodiscard]] std::string shown_url(std::string_view url);

}  // namespace livedub::http
