// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What was found out, before it is judged: one struct for each kind of thing that doctor looks at.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "doctor/cost.hpp"
#include "doctor/port.hpp"

namespace livedub::doctor {

/// What `livedub up` would be started with.
struct Plan {
    std::string source_language = "en";
    std::string target_language = "es";
    bool has_speech = true;
    std::chrono::milliseconds segment{6'000};
    std::chrono::milliseconds delay{15'000};
    std::size_t most_streams = 10;  // 0: no limit
};

struct PortCheck {
    std::string name;  // "rtmp"
    std::string host;
    std::uint16_t port = 0;
    std::string flag{};     // of `livedub up`: "--rtmp"; empty for a port of something else
    std::string purpose{};  // of such a port: "media-service"
    PortFacts facts;
};

enum class Need {
    kAlways = 1,
    kSometimes = 2,  // some inputs, some commands
};

/// Elements of GStreamer, or programs, that come and go together.
struct MediaCheck {
    std::string name;     // "rtmp"
    std::string purpose;  // "takes and gives streams"
    std::vector<std::string> present;
    std::vector<std::string> missing;
    std::string package;  // has them
    Need need = Need::kAlways;
    std::string instead{};  // what is used where they are missing; then nothing fails
};

enum class Stage {
    kRecognise = 1,
    kTranslate = 2,
    kSpeak = 3,
};

struct EngineCheck {
    std::string name;
    Stage stage = Stage::kRecognise;
    bool is_in_build = true;
    bool is_used = true;    // by the settings as they are
    std::string version{};  // empty: not known
    std::string detail{};   // its languages, its model; or what would bring it, when not in build
    std::string package{};  // that it needs: its model, or to be built with
    std::optional<Error> problem{};  // why it does not work; in the engine's own words

    // Nothing of what was not measured.
    std::optional<std::chrono::milliseconds> load{};
    std::optional<double> memory_mib{};
    std::optional<Cost> cost{};
};

/// The models that were pulled, by their names in the catalogue.
struct ModelsCheck {
    std::string directory;
    std::vector<std::string> present{};
    std::vector<std::string> unfinished{};  // a part of them, or of the wrong size
};

struct ServiceCheck {
    std::string name;    // "mediamtx"
    std::string flag;    // "--mediamtx"
    std::string url{};   // as it may be shown; empty: not asked
    std::string said{};  // when it answered well
    std::optional<std::string> problem{};
    std::optional<std::chrono::milliseconds> took{};
};

}  // namespace livedub::doctor
