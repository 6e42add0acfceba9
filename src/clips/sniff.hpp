// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Telling ADTS from noise: its headers chain, which raw samples that begin with the same bits do
// not.

#pragma once

#include <string_view>

namespace livedub::clips {

/// Whether the bytes are a run of ADTS frames: each header leads to the next, as far as three, or
/// to the end.
[[nodiscard]] bool is_adts_chain(std::string_view bytes) noexcept;

}  // namespace livedub::clips
