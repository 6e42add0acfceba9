// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/report.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace livedub::doctor {

std::size_t count(const Report& report, Mark mark) {
    return static_cast<std::size_t>(std::ranges::count(
        report.findings, mark, [](const auto& finding) { return finding.mark; }));
}

bool is_ready(const Report& report) {
    return count(report, Mark::kFail) == 0;
}

std::string verdict(const Report& report) {
    const auto fails = count(report, Mark::kFail);
    const auto warnings = count(report, Mark::kWarn);
    auto text = fails == 0 ? std::string{"Ready"}
                           : fmt::format("Not ready: {} to mend",
                                         fails == 1 ? "1 thing" : fmt::format("{} things", fails));
    if (warnings > 0) {
        text += fmt::format("{} {} warning{}", fails == 0 ? ", with" : ", and", warnings,
                            warnings == 1 ? "" : "s");
    }
    return text + ".";
}

}  // namespace livedub::doctor
