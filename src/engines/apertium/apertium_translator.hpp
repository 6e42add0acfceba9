// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Translation with the packaged Apertium pairs: rule-based, offline, milliseconds a sentence. The
// programs of a pair are started once and kept; what breaks or hangs is killed as a group and
// started again at the next use, not more often than a backoff allows.

#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "speech/translator.hpp"

namespace livedub::apertium {

struct ApertiumOptions {
    std::vector<std::filesystem::path> mode_directories{"/usr/local/share/apertium/modes",
                                                        "/usr/share/apertium/modes"};
    std::chrono::milliseconds timeout{5000};  // for one call of translate
};

/// Thread-safe, as every Translator; callers of one pair take turns.
///
/// translate() returns kInvalidArgument too when the dictionaries know no word of the text: what
/// came out would be the source text.
[[nodiscard]] std::unique_ptr<speech::Translator> make_apertium_translator(
    const ApertiumOptions& options = {});

/// The installed pairs ("eng-spa"), for diagnostics.
[[nodiscard]] std::vector<std::string> installed_pairs(const ApertiumOptions& options = {});

}  // namespace livedub::apertium
