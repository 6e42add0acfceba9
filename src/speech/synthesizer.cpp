// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/synthesizer.hpp"

#include <cmath>
#include <cstddef>

#include <fmt/format.h>

namespace livedub::speech {

Result<void> check(const SynthesisRequest& request) {
    constexpr std::size_t kMostText = 16U << 10U;  // minutes of speech
    if (request.text.size() > kMostText) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("{} bytes of text, at most {}", request.text.size(), kMostText));
    }
    if (!std::isfinite(request.speed) || request.speed <= 0) {
        return fail(ErrorCode::kInvalidArgument, fmt::format("speed {}", request.speed));
    }
    return {};
}

}  // namespace livedub::speech
