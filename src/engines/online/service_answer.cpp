// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/online/service_answer.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "speech/rate_limit.hpp"

namespace livedub::online {
namespace {

using nlohmann::json;

constexpr std::size_t kMostShown = 200;  // of a refusal's own words

ErrorCode code_of(int status) {
    constexpr int kRequestTimeout = 408;
    constexpr int kTooManyRequests = 429;
    constexpr int kQuotaExceeded = 456;  // DeepL's
    constexpr int kServerError = 500;
    if (status == kTooManyRequests || status == kQuotaExceeded) {
        return ErrorCode::kExhausted;
    }
    if (status == kRequestTimeout || status >= kServerError) {
        return ErrorCode::kUnavailable;
    }
    return status == kBadRequest ? ErrorCode::kInvalidArgument : ErrorCode::kInternal;
}

/// On one line, and not too long for one; still UTF-8.
std::string shown(std::string text) {
    if (text.size() > kMostShown) {
        auto end = kMostShown;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
            --end;
        }
        text.resize(end);
    }
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < ' '; }, ' ');
    return text;
}

}  // namespace

std::string below(std::string url, std::string_view path) {
    while (url.ends_with('/')) {
        url.pop_back();
    }
    return url.append(path);
}

std::string primary_language(std::string_view tag) {
    std::string primary{tag.substr(0, tag.find_first_of("-_"))};
    std::ranges::transform(primary, primary.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return primary;
}

Result<http::FetchedPage> ask_service(std::string_view name, http::FetchRequest request,
                                      std::chrono::milliseconds limit,
                                      const std::stop_token& stop) {
    request.connect_timeout = std::min(request.connect_timeout, limit);
    request.total_timeout = limit;
    auto page = http::fetch(request, stop);
    if (page) {
        return page;
    }
    auto error = std::move(page).error().with_context(name);
    // Too long an answer is not too much to ask.
    return error.code() == ErrorCode::kExhausted ? fail(ErrorCode::kInternal, error.message())
                                                 : tl::unexpected{std::move(error)};
}

Error refusal_in(const http::FetchedPage& page, std::string_view name,
                 std::initializer_list<std::string_view> complaint_at) {
    auto message = fmt::format("{}: HTTP {}", name, page.status);
    const auto answer = json::parse(page.body, nullptr, false);
    for (const auto pointer : complaint_at) {
        const json::json_pointer at{std::string{pointer}};
        if (answer.contains(at) && answer[at].is_string()) {
            message += ": " + shown(answer[at].get<std::string>());
            break;
        }
    }
    return Error{code_of(page.status), std::move(message)};
}

Error speech_refusal_in(const http::FetchedPage& page, std::string_view name,
                        std::initializer_list<std::string_view> complaint_at) {
    auto error = refusal_in(page, name, complaint_at);
    return error.code() == ErrorCode::kExhausted ? std::move(error).with_context(speech::kRateLimit)
                                                 : error;
}

bool may_pass(const Error& error) noexcept {
    const auto code = error.code();
    return code != ErrorCode::kInvalidArgument && code != ErrorCode::kInternal;
}

}  // namespace livedub::online
