// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Synthesizers that stand in for one another, and what voice profiles are to them.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engines/catalogue/voice_profiles.hpp"
#include "engines/online/online_synthesizer.hpp"
#include "engines/vits/vits_synthesizer.hpp"
#include "speech/synthesizer.hpp"

namespace livedub::engines {

/// As make_translator_chain(): asks each in turn until one speaks. A voice whose profile names a
/// provider is spoken by that one, as long as it can. prepare() says in the log when a profile is
/// of another language, and which one speaks instead.
///
/// @param synthesizers At least one, first choice first.
/// @param on_failover Told when another one is asked for what one could not speak; any thread, and
///                    several at once. May be empty.
[[nodiscard]] std::unique_ptr<speech::Synthesizer> make_synthesizer_chain(
    std::vector<std::unique_ptr<speech::Synthesizer>> synthesizers,
    std::shared_ptr<const VoiceProfiles> voices, std::function<void()> on_failover = {});

/// An engine that knows the shipped profiles alone, for all: each is spoken by the shipped one that
/// stands for it, at the profile's own speed. A name that is none is left to the engine.
[[nodiscard]] std::unique_ptr<speech::Synthesizer> with_profiles(
    std::unique_ptr<speech::Synthesizer> engine, std::shared_ptr<const VoiceProfiles> voices);

/// What profiles say to the service `provider`: nothing, where they are those of another provider.
///
/// @param voices Shared with every synthesizer that asks it.
[[nodiscard]] online::VoiceLookup voices_of(std::shared_ptr<const VoiceProfiles> voices,
                                            std::string provider);

/// The same of local voices, which are coqui's.
[[nodiscard]] vits::WishLookup wishes_of(std::shared_ptr<const VoiceProfiles> voices);

}  // namespace livedub::engines
