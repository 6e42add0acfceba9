// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Whatever decodes must encode to something that decodes to the same values.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "wire/amf0.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace livedub::wire;  // NOLINT(google-build-using-namespace)
    const auto values = decode_amf0({data, size});
    if (!values) {
        return 0;
    }
    Bytes encoded;
    for (const auto& value : *values) {
        append_amf0(encoded, value);
    }
    const auto again = decode_amf0(encoded);
    if (!again) {
        std::abort();
    }
    Bytes encoded_again;  // bytes, because a NaN does not equal itself
    for (const auto& value : *again) {
        append_amf0(encoded_again, value);
    }
    if (encoded != encoded_again) {
        std::abort();
    }
    return 0;
}
