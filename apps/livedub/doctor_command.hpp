// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// `livedub doctor`: says what this machine has and lacks before air.

#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"
#include "up_settings.hpp"

namespace livedub {

struct DoctorFlags {
    bool is_json = false;
    bool is_quick = false;
};

/// Those of `livedub up`, so that what will be used is what is looked at, and whom to ask.
[[nodiscard]] const std::vector<config::SettingSpec>& doctor_settings();

/// Returns the exit code: 0 ready, 1 something needed is missing, 2 a setting that cannot be.
[[nodiscard]] int run_doctor(const config::Settings& settings, const DoctorFlags& flags);

}  // namespace livedub
