// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Failures on demand, for tests of clients (external contract, 1.13).

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "contract/fragment_messages.hpp"
#include "contract/session_messages.hpp"

namespace livedub::sts_session {

class FailureScript {
  public:
    void set(contract::ErrorSimulation simulation);

    /// Counts the fragment in; what it shall fail with, if it shall.
    [[nodiscard]] std::optional<contract::ProcessingError> next(std::string_view fragment_id,
                                                                std::int64_t sequence_number);

  private:
    contract::ErrorSimulation simulation_;
    std::int64_t count_ = 0;  // of the stream's fragments so far
};

}  // namespace livedub::sts_session
