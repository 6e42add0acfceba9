// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engines/vits/config_reader.hpp"
#include "vocabulary/letters.hpp"

namespace livedub::vits {
namespace {

// How Piper names what is around the phonemes.
constexpr char32_t kBegin = U'^';
constexpr char32_t kEnd = U'$';
constexpr char32_t kBetween = U'_';

bool is_id(const Json& value) {
    return value.is_number_integer() && value >= 0 && value < kMostIds;
}

/// { "a": [14], ... }; names of several letters are of no use to us.
std::map<char32_t, Ids> symbols_of(const Json& json) {
    std::map<char32_t, Ids> symbols;
    if (!json.is_object()) {
        return symbols;
    }
    for (const auto& [name, ids] : json.items()) {
        const auto letter = name.empty() ? vocabulary::Letter{} : vocabulary::letter_at(name, 0);
        if (letter.bytes != name.size() || name.empty() || !ids.is_array() || ids.empty()) {
            continue;
        }
        Ids numbers;
        for (const auto& id : ids) {
            if (is_id(id)) {
                numbers.push_back(id.get<std::int64_t>());
            }
        }
        if (numbers.size() == ids.size()) {
            symbols.emplace(letter.code, std::move(numbers));
        }
    }
    return symbols;
}

void append(Ids& ids, const Ids& more) {
    ids.insert(ids.end(), more.begin(), more.end());
}

}  // namespace

Result<VoiceConfig> parse_piper_config(std::string_view text) {
    ConfigReader reader{text};
    VoiceConfig config;
    std::int64_t rate = config.sample_rate_hz;
    reader.number("/audio/sample_rate", kLeastRateHz, kMostRateHz, rate);
    config.sample_rate_hz = static_cast<int>(rate);
    reader.number("/num_speakers", 1, kMostIds, config.speaker_count);
    config.speakers = names_of(reader.at("/speaker_id_map"));
    reader.number("/inference/noise_scale", 0.0F, 10.0F, config.noise);
    reader.number("/inference/length_scale", 0.1F, 10.0F, config.length);
    reader.number("/inference/noise_w", 0.0F, 10.0F, config.duration_noise);

    std::string kind = "espeak";
    reader.text("/phoneme_type", kind);
    reader.text("/espeak/voice", config.espeak_voice);
    if (kind == "text") {
        config.espeak_voice.clear();
    } else if (kind != "espeak") {
        reader.refuse(fmt::format("phoneme_type is \"{}\" (supported: espeak, text)", kind));
    } else if (config.espeak_voice.empty()) {
        reader.refuse("espeak.voice is missing");
    }
    config.language = config.espeak_voice;  // of voices made before there was a language
    reader.text("/language/code", config.language);
    config.language = tag_of(config.language);

    config.symbols = symbols_of(reader.at("/phoneme_id_map"));
    for (const auto mark : {kBegin, kEnd, kBetween}) {
        if (!config.symbols.contains(mark)) {
            reader.refuse(fmt::format("phoneme_id_map has no \"{}\"", static_cast<char>(mark)));
            return std::move(reader).result({});
        }
    }
    config.after_each = config.symbols.at(kBetween);
    config.before = config.symbols.at(kBegin);
    append(config.before, config.after_each);
    config.at_end = config.symbols.at(kEnd);
    for (const auto mark : {kBegin, kEnd, kBetween}) {
        config.symbols.erase(mark);  // in a text they are no such marks
    }
    if (config.symbols.empty()) {
        reader.refuse("phoneme_id_map has nothing but its marks");
    }
    const bool has_count = !reader.at("/num_speakers").is_null();
    for (const auto& [name, id] : config.speakers) {
        if (!has_count) {
            config.speaker_count = std::max(config.speaker_count, id + 1);
        } else if (id >= config.speaker_count) {
            reader.refuse(
                fmt::format("speaker_id_map has {} for \"{}\" (expected: 0 to {}, of "
                            "num_speakers {})",
                            id, name, config.speaker_count - 1, config.speaker_count));
        }
    }
    return std::move(reader).result(std::move(config));
}

}  // namespace livedub::vits
