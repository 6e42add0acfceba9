// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the services that are asked over HTTP have in common: how one is asked within a time, what
// its status means here, and what it says when it refuses.

#pragma once

#include <chrono>
#include <initializer_list>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/client.hpp"

namespace livedub::online {

inline constexpr int kOk = 200;
inline constexpr int kBadRequest = 400;

/// `path` below `url`, which may or may not end in a slash.
[[nodiscard]] std::string below(std::string url, std::string_view path);

/// "pt" of "pt-BR"; in lower case.
[[nodiscard]] std::string primary_language(std::string_view tag);

/// As http::fetch(), for at most `limit`, connecting included. Errors begin with `name`; an answer
/// that is too long is kInternal, as any that is none.
[[nodiscard]] Result<http::FetchedPage> ask_service(std::string_view name,
                                                    http::FetchRequest request,
                                                    std::chrono::milliseconds limit,
                                                    const std::stop_token& stop);

/// The error of an answer whose status is not 200: kExhausted (429, or 456, which is DeepL's: the
/// quota), kUnavailable (408, 5xx), kInvalidArgument (400), kInternal (the rest, as of a wrong
/// key).
///
/// @param complaint_at JSON pointers (RFC 6901), of which the first that leads to a text is shown.
[[nodiscard]] Error refusal_in(const http::FetchedPage& page, std::string_view name,
                               std::initializer_list<std::string_view> complaint_at);

/// The same for whoever listens and speaks, where kExhausted is told from a want of memory by how
/// it begins (speech::kRateLimit).
[[nodiscard]] Error speech_refusal_in(const http::FetchedPage& page, std::string_view name,
                                      std::initializer_list<std::string_view> complaint_at);

/// Whether it is worth asking again some time later, and whoever only prepares may go on.
[[nodiscard]] bool may_pass(const Error& error) noexcept;

}  // namespace livedub::online
