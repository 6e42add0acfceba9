// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

namespace livedub {

/// What this process and all that come from it take up: a page that n processes share counts as the
/// nth part of one for each of them.
[[nodiscard]] double tree_memory_mib();

}  // namespace livedub
