// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/curl_transfer.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>

namespace livedub::http {
namespace {

// curl's own timers are asked at least this often; `stop` needs none of it, it wakes the wait.
constexpr std::chrono::milliseconds kLongestWait{1'000};

using Url = std::unique_ptr<CURLU, Free<curl_url_cleanup>>;

std::string part(CURLU* url, CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(url, which, &text, 0) != CURLUE_OK) {
        return {};
    }
    const std::unique_ptr<char, Free<curl_free>> owned{text};
    return owned.get();
}

}  // namespace

void ensure_curl() {
    [[maybe_unused]] static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
}

std::optional<std::string> host_of(const std::string& url) {
    const Url parsed{curl_url()};
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
        return std::nullopt;
    }
    const auto scheme = part(parsed.get(), CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https") {
        return std::nullopt;
    }
    return part(parsed.get(), CURLUPART_HOST);
}

bool is_loopback(std::string_view host) {
    return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
           host.starts_with("127.");
}

bool is_token(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](unsigned char c) {
        return std::isalnum(c) != 0 || kMarks.find(static_cast<char>(c)) != std::string_view::npos;
    });
}

bool is_header_value(std::string_view text) {
    return text.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos;
}

void add_header(HeaderList& headers, const std::string& line) {
    if (auto* grown = curl_slist_append(headers.get(), line.c_str())) {
        static_cast<void>(headers.release());  // is what `grown` begins with
        headers.reset(grown);
    }
}

ErrorCode code_of(CURLcode code) {
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return ErrorCode::kTimeout;
        case CURLE_URL_MALFORMAT:
            return ErrorCode::kInvalidArgument;
        case CURLE_UNSUPPORTED_PROTOCOL:  // of the answer: the scheme was looked at
        case CURLE_GOT_NOTHING:
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_BAD_CONTENT_ENCODING:
        case CURLE_HTTP2:
            return ErrorCode::kProtocol;
        case CURLE_OUT_OF_MEMORY:
            return ErrorCode::kExhausted;
        default:
            return ErrorCode::kUnavailable;
    }
}

Result<CURLcode> perform(CURL* easy, CURLM* multi, const std::stop_token& stop,
                         const SteadyTime& give_up_at) {
    const std::stop_callback wake{stop, [multi] { curl_multi_wakeup(multi); }};
    curl_multi_add_handle(multi, easy);
    for (int running = 1; running > 0;) {
        if (stop.stop_requested()) {
            return fail(ErrorCode::kCancelled, "stopped");
        }
        if (curl_multi_perform(multi, &running) != CURLM_OK) {
            return fail(ErrorCode::kInternal, "the HTTP library failed");
        }
        const auto now = std::chrono::steady_clock::now();
        if (running > 0 && now >= give_up_at) {
            return fail(ErrorCode::kTimeout, "nothing more came");
        }
        if (running > 0) {
            auto wait = kLongestWait;
            if (give_up_at < now + wait) {
                wait = std::chrono::ceil<std::chrono::milliseconds>(give_up_at - now);
            }
            curl_multi_poll(multi, nullptr, 0, static_cast<int>(wait.count()), nullptr);
        }
    }
    int left = 0;
    const auto* message = curl_multi_info_read(multi, &left);
    if (message == nullptr) {
        return fail(ErrorCode::kInternal, "the HTTP library gave no result");
    }
    return message->data.result;
}

}  // namespace livedub::http
