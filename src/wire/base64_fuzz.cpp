// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// There is one text for each string of bytes: what decodes must encode to itself, and any bytes
// must survive both ways.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "wire/base64.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace livedub::wire;  // NOLINT(google-build-using-namespace)
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const auto bytes = decode_base64(input);
    if (bytes.has_value() != is_base64(input) || (bytes && encode_base64(*bytes) != input)) {
        std::abort();
    }
    const auto again = decode_base64(encode_base64(input));
    if (!again || *again != input) {
        std::abort();
    }
    return 0;
}
