// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One line of what doctor says: what was looked at, how it is, and the command that mends it.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace livedub::doctor {

/// How bad it is. Values are printed and exported by name: add at the end.
enum class Mark {
    kOk = 1,
    kInfo = 2,  // neither good nor bad: not asked, not in this build
    kWarn = 3,  // works, but less well
    kFail = 4,  // something needed is missing
};

[[nodiscard]] std::string_view to_string(Mark mark) noexcept;

/// Exported by name; the order of the report is that of table.cpp.
enum class Section {
    kMachine = 1,
    kPorts = 2,
    kMedia = 3,
    kEngines = 4,
    kCapacity = 5,
    kServices = 6,
    kModels = 7,
};

[[nodiscard]] std::string_view to_string(Section section) noexcept;

struct Finding {
    Section section = Section::kMachine;
    std::string name;  // unique in its section: "rtmp", "pocketsphinx"
    Mark mark = Mark::kOk;
    std::string text;                  // what is the case, one line
    std::string remedy{};              // one shell command, or empty
    std::vector<std::string> cells{};  // before the text, in columns: an engine's numbers
};

}  // namespace livedub::doctor
