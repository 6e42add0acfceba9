// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the shell sees (external contract, section 4).

#pragma once

namespace livedub {

inline constexpr int kExitStopped = 0;
inline constexpr int kExitConfig = 10;
inline constexpr int kExitInternal = 50;

}  // namespace livedub
