// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Loads the engines that `livedub up` would load, and times them.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/facts.hpp"
#include "up_settings.hpp"

namespace livedub {

/// Told what is being done, for somebody who waits.
using OnProgress = std::function<void(std::string_view what)>;

enum class Measuring {
    kNone = 1,  // loads, and runs nothing
    kFull = 2,
};

struct EngineInspection {
    std::vector<doctor::EngineCheck> checks;  // every known engine
    /// Of the stages that a fragment goes through; empty when one of them was not measured.
    std::vector<doctor::Cost> stages;
    double session_mib = 0;  // what one more stream needs for its recogniser
};

[[nodiscard]] EngineInspection inspect_engines(const UpConfig& config, Measuring measuring,
                                               const OnProgress& on_progress);

/// The error of an engine's name in the settings that nobody knows; nullopt when all are known.
[[nodiscard]] std::optional<Error> unknown_engine(const engines::SpeechConfig& speech);

}  // namespace livedub
