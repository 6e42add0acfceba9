// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engines/vits/config_reader.hpp"
#include "vocabulary/letters.hpp"

namespace livedub::vits {
namespace {

std::vector<char32_t> letters_of(std::string_view text) {
    std::vector<char32_t> letters;
    for (std::size_t at = 0; at < text.size();) {
        const auto letter = vocabulary::letter_at(text, at);
        letters.push_back(letter.code);
        at += letter.bytes;
    }
    return letters;
}

/// The alphabet of a model: its number is a symbol's place in it. What stands for no letter
/// ("<PAD>") has a place as well.
class Alphabet {
  public:
    std::int64_t add() { return next_++; }

    std::optional<std::int64_t> add_mark(const std::string& name) {
        return name.empty() ? std::nullopt : std::optional{add()};
    }

    void add_letters(const std::vector<char32_t>& letters) {
        for (const auto letter : letters) {
            symbols_.insert_or_assign(letter, Ids{add()});  // of the same twice the last one counts
        }
    }

    [[nodiscard]] std::map<char32_t, Ids> take() && { return std::move(symbols_); }

  private:
    std::map<char32_t, Ids> symbols_;
    std::int64_t next_ = 0;
};

void read_alphabet(ConfigReader& reader, bool has_phonemes, VoiceConfig& config) {
    std::string kind;
    std::string characters;
    std::string phonemes;
    std::string punctuations;
    std::string pad;
    std::string eos;
    std::string bos;
    std::string blank;
    bool is_unique = true;
    bool is_sorted = true;
    bool has_blanks = true;
    bool has_ends = false;
    reader.text("/characters/characters_class", kind);
    reader.text("/characters/characters", characters);
    reader.text("/characters/phonemes", phonemes);
    reader.text("/characters/punctuations", punctuations);
    reader.text("/characters/pad", pad);
    reader.text("/characters/eos", eos);
    reader.text("/characters/bos", bos);
    reader.text("/characters/blank", blank);
    reader.truth("/characters/is_unique", is_unique);
    reader.truth("/characters/is_sorted", is_sorted);
    reader.truth("/add_blank", has_blanks);
    reader.truth("/enable_eos_bos_chars", has_ends);

    Alphabet alphabet;
    std::optional<std::int64_t> begin;
    std::optional<std::int64_t> end;
    std::int64_t between = 0;
    if (kind.ends_with("VitsCharacters")) {
        alphabet.add();
        alphabet.add_letters(letters_of(punctuations));
        alphabet.add_letters(letters_of(characters + phonemes));
        between = alphabet.add();
    } else {
        auto letters = letters_of(has_phonemes && !phonemes.empty() ? phonemes : characters);
        if (is_unique) {
            const std::set<char32_t> different{letters.begin(), letters.end()};
            letters.assign(different.begin(), different.end());
        }
        if (is_sorted) {
            std::ranges::sort(letters);
        }
        const auto padding = alphabet.add_mark(pad);
        end = alphabet.add_mark(eos);
        begin = alphabet.add_mark(bos);
        const auto blanks = alphabet.add_mark(blank);
        between = blanks.value_or(padding.value_or(0));
        alphabet.add_letters(letters);
        alphabet.add_letters(letters_of(punctuations));
    }
    config.symbols = std::move(alphabet).take();
    if (config.symbols.empty()) {
        reader.refuse("characters is missing, or has no letters");
    }
    if (has_ends && begin && end) {
        config.before.push_back(*begin);
        config.at_end.push_back(*end);
    }
    if (has_blanks) {
        config.before.push_back(between);
        config.after_each.push_back(between);
    }
}

}  // namespace

Result<VoiceConfig> parse_coqui_config(std::string_view text, std::string_view speakers,
                                       std::string_view languages) {
    ConfigReader reader{text};
    VoiceConfig config;
    config.duration_noise = 1.0F;
    std::string model;
    reader.text("/model", model);
    if (model != "vits") {
        reader.refuse(fmt::format("model is \"{}\" (supported: vits)", model));
    }
    std::int64_t rate = config.sample_rate_hz;
    reader.number("/audio/sample_rate", kLeastRateHz, kMostRateHz, rate);
    config.sample_rate_hz = static_cast<int>(rate);
    reader.number("/model_args/inference_noise_scale", 0.0F, 10.0F, config.noise);
    reader.number("/model_args/length_scale", 0.1F, 10.0F, config.length);
    reader.number("/model_args/inference_noise_scale_dp", 0.0F, 10.0F, config.duration_noise);

    bool has_phonemes = false;
    std::string phonemizer = "espeak";
    reader.truth("/use_phonemes", has_phonemes);
    reader.text("/phoneme_language", config.language);
    reader.text("/phonemizer", phonemizer);
    if (has_phonemes && phonemizer != "espeak" && !phonemizer.empty()) {
        reader.refuse(fmt::format("phonemizer is \"{}\" (supported: espeak)", phonemizer));
    }
    if (has_phonemes && config.language.empty()) {
        reader.refuse("phoneme_language is missing");
    }
    if (has_phonemes) {
        config.espeak_voice = config.language;
    }
    if (config.language.empty()) {
        reader.text("/datasets/0/language", config.language);
    }
    config.language = tag_of(config.language);
    read_alphabet(reader, has_phonemes, config);

    config.speakers = names_of(Json::parse(speakers, nullptr, false));
    config.languages = names_of(Json::parse(languages, nullptr, false));
    reader.number("/model_args/num_speakers", 0, kMostIds, config.speaker_count);
    for (const auto& [name, id] : config.speakers) {
        config.speaker_count = std::max(config.speaker_count, id + 1);
    }
    config.speaker_count = std::max<std::int64_t>(config.speaker_count, 1);
    return std::move(reader).result(std::move(config));
}

}  // namespace livedub::vits
