// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Arguments and variables as posix_spawn takes them.

#pragma once

#include <string>
#include <vector>

namespace livedub::child {

/// Those of `texts`, which outlive them, and a null behind them.
[[nodiscard]] inline std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (const auto& text : texts) {
        out.push_back(const_cast<char*>(text.c_str()));  // posix_spawn does not write to them
    }
    out.push_back(nullptr);
    return out;
}

}  // namespace livedub::child
