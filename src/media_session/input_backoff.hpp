// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How long to wait before a stream's input is asked for again (external contract, 2.2).

#pragma once

#include <array>
#include <chrono>
#include <cstddef>

namespace livedub {

/// 1, 2, 4 s, then always 5 s.
class InputBackoff {
  public:
    /// The wait after one more failure.
    [[nodiscard]] std::chrono::seconds next() noexcept {
        const auto wait = kWaits.at(failures_);
        failures_ = failures_ + 1 < kWaits.size() ? failures_ + 1 : failures_;
        return wait;
    }

    void succeed() noexcept { failures_ = 0; }

  private:
    static constexpr std::array kWaits{std::chrono::seconds{1}, std::chrono::seconds{2},
                                       std::chrono::seconds{4}, std::chrono::seconds{5}};

    std::size_t failures_ = 0;  // in a row; the last wait's place at most
};

}  // namespace livedub
