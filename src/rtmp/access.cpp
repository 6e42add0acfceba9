// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/access.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "http/query.hpp"

namespace livedub::rtmp {
namespace {

constexpr std::array<std::string_view, 3> kSecretNames{"key", "pass", "token"};
constexpr std::string_view kUserName = "user";
constexpr std::string_view kHashMark = "sha256:";
constexpr std::string_view kOpen = "any";
constexpr std::string_view kBlank = " \t\r";
constexpr std::size_t kLargestFile = std::size_t{1} << 20U;

std::array<std::uint8_t, 32> digest_of(std::string_view text) {
    std::array<std::uint8_t, 32> digest{};
    SHA256(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), digest.data());
    return digest;
}

/// Takes the next word off the front of `rest`; empty when there is none.
std::string_view next_word(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(kBlank), rest.size()));
    const auto word = rest.substr(0, rest.find_first_of(kBlank));
    rest.remove_prefix(word.size());
    return word;
}

std::optional<std::array<std::uint8_t, 32>> parse_digest(std::string_view hexadecimal) {
    std::array<std::uint8_t, 32> digest{};
    if (hexadecimal.size() != 2 * digest.size()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < digest.size(); ++i) {
        const char* const begin = hexadecimal.data() + 2 * i;
        const auto [end, error] = std::from_chars(begin, begin + 2, digest.at(i), 16);
        if (error != std::errc{} || end != begin + 2) {
            return std::nullopt;
        }
    }
    return digest;
}

bool is_pattern(std::string_view path) {
    return path.find('/') != std::string_view::npos &&
           std::ranges::all_of(path, [](unsigned char character) {
               return std::isalnum(character) != 0 ||
                      std::string_view{"_.~:-/*"}.find(static_cast<char>(character)) !=
                          std::string_view::npos;
           });
}

/// '*' stands for any characters but '/'.
bool matches(std::string_view pattern, std::string_view path) {
    std::size_t p = 0;
    std::size_t star = std::string_view::npos;
    std::size_t retry = 0;  // where in `path` what follows the last star is tried next
    std::size_t i = 0;
    while (i < path.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            retry = i;
        } else if (p < pattern.size() && pattern[p] == path[i]) {
            ++p;
            ++i;
        } else if (star != std::string_view::npos && path[retry] != '/') {
            p = star + 1;
            i = ++retry;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool is_credential(std::string_view name) {
    return name == kUserName || std::ranges::find(kSecretNames, name) != kSecretNames.end();
}

}  // namespace

std::string_view to_string(Access access) noexcept {
    return access == Access::kPublish ? "publish" : "play";
}

Credentials credentials_of(std::string_view query) {
    const std::string text{query};
    Credentials credentials{.user = http::query_value(text, std::string{kUserName}), .secret = {}};
    for (const auto name : kSecretNames) {
        credentials.secret = http::query_value(text, std::string{name});
        if (!credentials.secret.empty()) {
            break;
        }
    }
    return credentials;
}

std::string without_credentials_in_query(std::string_view query) {
    std::string rest;
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (!is_credential(pair.substr(0, pair.find('=')))) {
            rest += rest.empty() ? "" : "&";
            rest += pair;
        }
    }
    return rest;
}

Result<AccessList> AccessList::parse(std::string_view text) {
    AccessList list;
    for (int number = 1; !text.empty(); ++number) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const auto action = next_word(line);
        if (action.empty() || action.starts_with('#')) {
            continue;
        }
        // What is wrong is said without the key, which is a secret even where it is not usable.
        const auto wrong = [number](std::string_view what) {
            return fail(ErrorCode::kInvalidArgument, fmt::format("line {}: {}", number, what));
        };
        const auto path = next_word(line);
        const auto key = next_word(line);
        Rule rule{.access = Access::kPublish, .path = std::string{path}};
        if (action == "play") {
            rule.access = Access::kPlay;
        } else if (action != "publish") {
            return wrong(fmt::format("\"{}\" is no action: publish or play", action));
        }
        if (!is_pattern(path)) {
            return wrong(fmt::format("\"{}\" is no path like live/*/in", path));
        }
        if (key.empty() || !next_word(line).empty()) {
            return wrong("an action, a path and a key, which is one word");
        }
        if (key.starts_with(kHashMark)) {
            const auto digest = parse_digest(key.substr(kHashMark.size()));
            if (!digest) {
                return wrong("sha256: and 64 hexadecimal digits");
            }
            rule.digest = *digest;
        } else if (key == kOpen) {
            rule.is_open = true;
        } else {
            rule.digest = digest_of(key);
        }
        list.rules_.push_back(std::move(rule));
    }
    if (list.rules_.empty()) {
        return fail(ErrorCode::kInvalidArgument, "no line says who may do anything");
    }
    return list;
}

Result<AccessList> AccessList::load(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::string text(kLargestFile + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.eof()) {
        return file ? fail(ErrorCode::kInvalidArgument, path + ": larger than 1 MiB")
                    : fail(ErrorCode::kUnavailable, path + ": cannot be read");
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    auto list = parse(text);
    if (!list) {
        return tl::unexpected{std::move(list).error().with_context(path)};
    }
    return list;
}

bool AccessList::allows(const AccessRequest& request) const {
    const auto digest = digest_of(credentials_of(request.query).secret);
    return std::ranges::any_of(rules_, [&](const Rule& rule) {
        return rule.access == request.access && matches(rule.path, request.path) &&
               (rule.is_open ||
                CRYPTO_memcmp(rule.digest.data(), digest.data(), digest.size()) == 0);
    });
}

}  // namespace livedub::rtmp
