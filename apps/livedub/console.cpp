// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "console.hpp"

#include <chrono>

#include <fmt/format.h>

namespace livedub {
namespace {

std::string clock_text(StreamTime time) {
    const auto total = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
    return total >= 3600 ? fmt::format("{}:{:02}:{:02}", total / 3600, total / 60 % 60, total % 60)
                         : fmt::format("{:02}:{:02}", total / 60, total % 60);
}

std::string joined(const std::vector<Phrase>& phrases) {
    std::string text;
    for (const auto& phrase : phrases) {
        text += (text.empty() ? "" : " ") + phrase.text;
    }
    return text;
}

}  // namespace

std::string describe(const DecidedFragment& fragment) {
    const auto& outcome = fragment.outcome;
    std::string line = fmt::format("{}  {}-{}  ", fragment.stream_id, clock_text(fragment.start),
                                   clock_text(fragment.end));
    line += fragment.reason ? fmt::format("original ({})", to_string(*fragment.reason)) : "dubbed";
    if (!outcome.detail.empty()) {
        line += "  " + outcome.detail;
    }
    if (!outcome.transcript.empty()) {
        line += fmt::format("  {} > {}", joined(outcome.transcript), joined(outcome.translation));
    }
    if (!fragment.reason) {
        line += fmt::format("  [asr {} ms, mt {} ms, tts {} ms, speed {:.2f}]",
                            outcome.timings.recognise.count(), outcome.timings.translate.count(),
                            outcome.timings.synthesise.count(), outcome.speed_ratio);
    }
    return line;
}

}  // namespace livedub
