// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/auth.hpp"

#include <cstddef>

#include <nlohmann/json.hpp>

#include "contract/document.hpp"

namespace livedub::sts_session {
namespace {

std::string token_of(const std::string& auth) {
    // Within bounds, as nobody knows yet who sent it.
    auto document = contract::Document::parse(auth);
    if (!document || !document->root().is_object()) {
        return {};
    }
    const auto& payload = document->root();
    const auto token = payload.find("token");
    return token != payload.end() && token->is_string() ? token->get<std::string>() : std::string{};
}

std::string_view bearer_of(std::string_view authorization) {
    constexpr std::string_view kScheme = "Bearer ";
    return authorization.starts_with(kScheme) ? authorization.substr(kScheme.size())
                                              : std::string_view{};
}

}  // namespace

bool is_same_secret(std::string_view one, std::string_view other) noexcept {
    std::size_t difference = one.size() ^ other.size();
    for (std::size_t i = 0; i < one.size() && !other.empty(); ++i) {
        difference |= static_cast<unsigned char>(one[i]) ^
                      static_cast<std::size_t>(static_cast<unsigned char>(other[i % other.size()]));
    }
    return difference == 0;
}

bool is_authorised(const Credentials& credentials, std::string_view key) {
    if (key.empty()) {
        return true;
    }
    const bool has_token = is_same_secret(key, token_of(credentials.auth));
    const bool has_bearer = is_same_secret(key, bearer_of(credentials.authorization));
    return has_token || has_bearer;
}

}  // namespace livedub::sts_session
