// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the speech stages made of a fragment, in the words of the protocol (external
// contract, 1.5, 1.6 and 7).

#pragma once

#include <chrono>

#include "contract/fragment_messages.hpp"
#include "dubbing/dubber.hpp"

namespace livedub::sts_session {

/// Status, texts, timings, error and metadata; ids, processing time and audio are the caller's.
///
/// Nobody spoke: a success without words. Everything else without a dub is a failure.
[[nodiscard]] contract::FragmentProcessed describe_outcome(const DubOutcome& outcome,
                                                           const EngineNames& engines,
                                                           std::chrono::milliseconds original);

}  // namespace livedub::sts_session
