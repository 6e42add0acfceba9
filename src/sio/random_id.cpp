// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/random_id.hpp"

#include <array>
#include <cstdint>
#include <string_view>

#include <unistd.h>

#include "base/check.hpp"

namespace livedub::sio {

std::string make_random_id() {
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::array<std::uint8_t, 20> bytes{};
    LIVEDUB_CHECK(::getentropy(bytes.data(), bytes.size()) == 0);
    std::string id;
    id.reserve(bytes.size());
    for (const auto byte : bytes) {
        id.push_back(kAlphabet[byte % kAlphabet.size()]);
    }
    return id;
}

}  // namespace livedub::sio
