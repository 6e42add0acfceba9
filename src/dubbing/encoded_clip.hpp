// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A stretch of sound as the bytes of a file: what is sent to be dubbed, and what comes back.

#pragma once

#include <memory>
#include <string>

namespace livedub {

/// Shared and never changed, because a sender and a file writer may hold it at once. Null: none.
using ClipBytes = std::shared_ptr<const std::string>;

}  // namespace livedub
