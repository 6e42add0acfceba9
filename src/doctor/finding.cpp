// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/finding.hpp"

namespace livedub::doctor {

std::string_view to_string(Mark mark) noexcept {
    switch (mark) {
        case Mark::kOk:
            return "ok";
        case Mark::kInfo:
            return "info";
        case Mark::kWarn:
            return "warn";
        case Mark::kFail:
            return "fail";
    }
    return "";
}

std::string_view to_string(Section section) noexcept {
    switch (section) {
        case Section::kMachine:
            return "machine";
        case Section::kPorts:
            return "ports";
        case Section::kMedia:
            return "media";
        case Section::kEngines:
            return "engines";
        case Section::kCapacity:
            return "capacity";
        case Section::kServices:
            return "services";
        case Section::kModels:
            return "models";
    }
    return "";
}

}  // namespace livedub::doctor
