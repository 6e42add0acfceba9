// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Which parts of GStreamer are installed.

#pragma once

#include <string>

#include "base/result.hpp"

namespace livedub::gst {

/// Starts GStreamer on first use. Any thread.
///
/// Errors: kUnavailable when GStreamer cannot start.
[[nodiscard]] Result<bool> has_element(const std::string& name);

/// Of the library that runs: "1.22.0".
[[nodiscard]] std::string library_version();

}  // namespace livedub::gst
