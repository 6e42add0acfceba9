// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The whole of what doctor has to say, for people (table.hpp) and for programs (report_json.hpp).

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "doctor/capacity.hpp"
#include "doctor/facts.hpp"
#include "doctor/finding.hpp"
#include "doctor/machine.hpp"

namespace livedub::doctor {

struct Report {
    std::string version;
    std::string gstreamer;  // its version; empty when it does not start
    Plan plan;
    Machine machine;
    std::vector<EngineCheck> engines;
    std::optional<Capacity> capacity;
    std::vector<Finding> findings;  // in the order of their sections
};

[[nodiscard]] std::size_t count(const Report& report, Mark mark);

/// Nothing that is needed is missing.
[[nodiscard]] bool is_ready(const Report& report);

/// "Ready.", "Ready, with 2 warnings.", "Not ready: 1 thing is missing."
[[nodiscard]] std::string verdict(const Report& report);

}  // namespace livedub::doctor
