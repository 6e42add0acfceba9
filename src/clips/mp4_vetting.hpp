// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A guard before the MP4 demuxer. An index of an MP4 file can promise four billion samples in forty
// bytes, and the demuxer makes room for each before it looks for them; nothing else limits what a
// few hostile bytes can cost.

#pragma once

#include <string_view>

#include "base/result.hpp"

namespace livedub::clips {

/// Passes files whose boxes lie within each other's bounds at the top and whose tables, wherever
/// they are nested, promise no more than a clip can hold. Sound data may be cut short.
///
/// Errors: kInvalidArgument, saying which box.
[[nodiscard]] Result<void> vet_mp4(std::string_view bytes);

}  // namespace livedub::clips
