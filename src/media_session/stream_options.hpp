// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What one stream asks for, from the defaults of the program and the query of its publish URL
// (rtmp://host/live/<id>/in?lang=es&voice=...; external contract, section 2.3).

#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "media/dub_mixer.hpp"

namespace livedub {

enum class StreamMode {
    kDub = 1,
    kOriginal = 2,     // as kDub in every way, but nobody dubs: a Dubber, if any, only listens
    kPassthrough = 3,  // audio copied, delay at most one second
};

struct StreamOptions {
    StreamMode mode = StreamMode::kDub;
    std::string source_language = "en";
    std::string target_language = "es";
    std::string voice = "default";
    std::vector<std::string> domain_hints{};  // what the stream is about: "sports", "news"

    std::chrono::milliseconds segment{6'000};
    /// From the arrival of a moment to its publication. 0: segment + sts_timeout + 1 s.
    std::chrono::milliseconds delay{0};
    std::chrono::milliseconds sts_timeout{8'000};
    std::chrono::milliseconds ready_timeout{15'000};  // for the input to appear at all
    std::chrono::milliseconds grace{30'000};          // without a publisher, before the stream ends
    MixSettings mix;

    /// The delay in force: `delay` if given, else what the other numbers need.
    [[nodiscard]] std::chrono::milliseconds effective_delay() const;

    friend bool operator==(const StreamOptions&, const StreamOptions&) = default;
};

/// "dub", "original", "passthrough".
[[nodiscard]] std::string_view to_string(StreamMode mode) noexcept;

struct ParsedOptions {
    StreamOptions options;
    /// One line for each value that was not usable and was replaced by its default.
    std::vector<std::string> warnings;
};

/// Overlays `query` ("lang=es&src=en", URL-escaped, perhaps twice) on `defaults`. Unknown keys are
/// ignored; a bad value never stops a stream. Source equal to target becomes passthrough.
[[nodiscard]] ParsedOptions parse_stream_options(std::string_view query, StreamOptions defaults);

/// "es", "pt-BR": 2 to 10 characters, letters first, then letters, digits and dashes.
[[nodiscard]] bool is_language_tag(std::string_view text);

}  // namespace livedub
