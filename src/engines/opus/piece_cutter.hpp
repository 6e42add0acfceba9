// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Text as the pieces of words that a model was made with.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace livedub::opus {

/// Thread-safe.
class PieceCutter {
  public:
    PieceCutter() = default;
    virtual ~PieceCutter() = default;
    PieceCutter(const PieceCutter&) = delete;
    PieceCutter& operator=(const PieceCutter&) = delete;

    /// @param text UTF-8.
    ///
    /// Errors: kExhausted (memory), kInternal, in the library's words.
    [[nodiscard]] virtual Result<std::vector<std::string>> cut(std::string_view text) const = 0;
};

}  // namespace livedub::opus
