// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "captions/transcript_line.hpp"

#include <chrono>

#include <nlohmann/json.hpp>

namespace livedub::captions {
namespace {

using Json = nlohmann::ordered_json;

std::int64_t to_ms(StreamTime time) {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

Json phrases_of(const std::vector<Phrase>& phrases) {
    auto list = Json::array();
    for (const auto& phrase : phrases) {
        list.push_back({{"start_ms", to_ms(phrase.start)},
                        {"end_ms", to_ms(phrase.end)},
                        {"text", phrase.text}});
    }
    return list;
}

std::string joined(const std::vector<Phrase>& phrases) {
    std::string text;
    for (const auto& phrase : phrases) {
        text += (text.empty() ? "" : " ") + phrase.text;
    }
    return text;
}

}  // namespace

std::string to_json_line(const DecidedFragment& fragment) {
    const auto& outcome = fragment.outcome;
    const auto& timings = outcome.timings;
    const Json line{
        {"fragment", outcome.fragment},
        {"stream_id", fragment.stream_id},
        {"start_ms", to_ms(fragment.start)},
        {"end_ms", to_ms(fragment.end)},
        {"audio", fragment.reason ? "original" : "dubbed"},
        {"reason", fragment.reason ? Json(to_string(*fragment.reason)) : Json(nullptr)},
        {"detail", outcome.detail},
        {"transcript", joined(outcome.transcript)},
        {"translation", joined(outcome.translation)},
        {"transcript_phrases", phrases_of(outcome.transcript)},
        {"translation_phrases", phrases_of(outcome.translation)},
        {"recognise_ms", timings.recognise.count()},
        {"translate_ms", timings.translate.count()},
        {"synthesise_ms", timings.synthesise.count()},
        {"total_ms", outcome.total.count()},
        {"speed_ratio", outcome.speed_ratio},
    };
    return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace livedub::captions
