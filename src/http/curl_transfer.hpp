// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What this room's two clients have in common: libcurl's handles as owners, the URLs and headers
// that may be sent, and one transfer driven to its end. Included by nobody outside this room.

#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace livedub::http {

template <auto Release>
struct Free {
    template <typename T>
    void operator()(T* owned) const noexcept {
        Release(owned);
    }
};
using Easy = std::unique_ptr<CURL, Free<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Free<curl_multi_cleanup>>;
using HeaderList = std::unique_ptr<curl_slist, Free<curl_slist_free_all>>;

/// The library wants to be set up before its first use, once per process.
void ensure_curl();

/// The host of an http or https URL; nullopt for what is not one.
[[nodiscard]] std::optional<std::string> host_of(const std::string& url);

/// Is asked directly, whatever proxy the environment names.
[[nodiscard]] bool is_loopback(std::string_view host);

[[nodiscard]] bool is_token(std::string_view text);
[[nodiscard]] bool is_header_value(std::string_view text);

void add_header(HeaderList& headers, const std::string& line);

[[nodiscard]] ErrorCode code_of(CURLcode code);

/// Runs `easy` until it has ended. Notices `stop` within 100 ms, and its members' callbacks run on
/// the calling thread.
///
/// @param give_up_at Looked at again after every step: the callbacks may move it.
///
/// Errors: kCancelled, kTimeout (`give_up_at` has come), kInternal.
[[nodiscard]] Result<CURLcode> perform(CURL* easy, CURLM* multi, const std::stop_token& stop,
                                       const SteadyTime& give_up_at);

}  // namespace livedub::http
