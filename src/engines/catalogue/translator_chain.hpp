// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Translators that stand in for one another: what the first cannot do the next one is asked for.

#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "speech/translator.hpp"

namespace livedub::engines {

/// Asks each in turn until one translates. One that was not to be reached, or had too much to do,
/// is passed over for a while, so that a service that hangs costs one sentence and not the
/// programme; but the last one is always asked. One that refuses a pair when it is prepared is not
/// asked for it. A chain of one is that one.
///
/// prepare(): an error, the first one's, only when nobody can do the pair. translate(): the error
/// of the last that was asked.
///
/// @param translators At least one, first choice first.
/// @param on_failover Told when another one is asked for what one could not translate; any thread,
///                    and several at once. May be empty.
[[nodiscard]] std::unique_ptr<speech::Translator> make_translator_chain(
    std::vector<std::unique_ptr<speech::Translator>> translators,
    std::function<void()> on_failover = {});

}  // namespace livedub::engines
