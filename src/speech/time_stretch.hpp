// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes speech shorter without changing its pitch: Rubber Band's R3 engine, offline, which is exact
// to the sample. Used for what the synthesizer's own rate could not reach.

#pragma once

#include <stop_token>

#include "base/result.hpp"
#include "speech/samples.hpp"

namespace livedub::speech {

/// @param speed Times faster than `signal`, 0.25 to 4.
///
/// Errors: kInvalidArgument (speed), kCancelled when `stop` fires.
[[nodiscard]] Result<MonoSignal> stretch(const MonoSignal& signal, double speed,
                                         const std::stop_token& stop);

}  // namespace livedub::speech
