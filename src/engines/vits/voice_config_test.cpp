// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/vits/voice_config.hpp"

#include <cstddef>
#include <ostream>
#include <string>

#include <gmock/gmock.h>

#include "files/test_directory.hpp"

namespace livedub::vits {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr const char* kPiper = R"({
    "audio": {"sample_rate": 16000, "quality": "medium"},
    "espeak": {"voice": "es-419"},
    "language": {"code": "es_MX", "family": "es"},
    "inference": {"noise_scale": 0.5, "length_scale": 1.2, "noise_w": 0.7},
    "phoneme_type": "espeak", "phoneme_map": {},
    "phoneme_id_map": {"_": [0], "^": [1], "$": [2], " ": [3], "a": [14], "\u02c8": [120, 7],
                       "ts": [9], "b": "no"},
    "num_symbols": 256, "num_speakers": 2, "speaker_id_map": {"ana": 0, "luis": 1},
    "piper_version": "1.0.0"})";

TEST(PiperConfig, SaysWhatTheVoiceIs) {
    const auto config = parse_piper_config(kPiper);

    ASSERT_TRUE(config.has_value()) << config.error().message();
    EXPECT_EQ(config->language, "es-mx");
    EXPECT_EQ(config->sample_rate_hz, 16'000);
    EXPECT_EQ(config->espeak_voice, "es-419");
    EXPECT_FLOAT_EQ(config->noise, 0.5F);
    EXPECT_FLOAT_EQ(config->length, 1.2F);
    EXPECT_FLOAT_EQ(config->duration_noise, 0.7F);
    EXPECT_EQ(config->speaker_count, 2);
    EXPECT_THAT(config->speakers, ElementsAre(Pair("ana", 0), Pair("luis", 1)));
    EXPECT_THAT(config->symbols,
                ElementsAre(Pair(U' ', ElementsAre(3)), Pair(U'a', ElementsAre(14)),
                            Pair(U'\u02c8', ElementsAre(120, 7))));
    EXPECT_THAT(config->before, ElementsAre(1, 0));
    EXPECT_THAT(config->after_each, ElementsAre(0));
    EXPECT_THAT(config->at_end, ElementsAre(2));
}

TEST(PiperConfig, OfAnOlderVoiceHasTheLanguageOfItsPhonemes) {
    const auto config = parse_piper_config(
        R"({"espeak": {"voice": "de"},
            "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "a": [3]}})");

    ASSERT_TRUE(config.has_value()) << config.error().message();
    EXPECT_EQ(config->language, "de");
    EXPECT_EQ(config->sample_rate_hz, 22'050);
    EXPECT_EQ(config->speaker_count, 1);
}

TEST(PiperConfig, IsRefusedHoweverDeepItIs) {
    constexpr std::size_t kDeep = 500'000;
    const auto deep = std::string(kDeep, '[') + std::string(kDeep, ']');

    const auto piper = parse_piper_config(R"({"phoneme_type": )" + deep + "}");
    const auto coqui = parse_coqui_config(R"({"model": )" + deep + "}", "", "");

    ASSERT_FALSE(piper.has_value() || coqui.has_value());
    EXPECT_EQ(piper.error().message(), "/phoneme_type is an array (expected: a text)");
    EXPECT_EQ(coqui.error().message(), "/model is an array (expected: a text)");
}

TEST(PiperConfig, OfLettersNeedsNoPhonemes) {
    const auto config = parse_piper_config(
        R"({"phoneme_type": "text", "language": {"code": "uk_UA"}, "espeak": {"voice": "uk"},
            "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "a": [3]}})");

    ASSERT_TRUE(config.has_value()) << config.error().message();
    EXPECT_EQ(config->espeak_voice, "");
}

// [PAD, EOS, BOS, BLANK, sorted letters, punctuation]
constexpr const char* kCoqui = R"({
    "model": "vits", "audio": {"sample_rate": 24000}, "use_phonemes": true, "phonemizer": "espeak",
    "phoneme_language": "fr-fr", "add_blank": true, "enable_eos_bos_chars": true,
    "characters": {"characters_class": "TTS.tts.utils.text.characters.IPAPhonemes",
                   "pad": "<PAD>", "eos": "<EOS>", "bos": "<BOS>", "blank": "<BLNK>",
                   "characters": "cab", "punctuations": "! ", "phonemes": null,
                   "is_unique": true, "is_sorted": true},
    "model_args": {"num_speakers": 0, "inference_noise_scale": 0.3, "length_scale": 1.1,
                   "inference_noise_scale_dp": 0.9}})";

TEST(CoquiConfig, NumbersTheSymbolsAsTheyWereTrained) {
    const auto config = parse_coqui_config(kCoqui, "", "");

    ASSERT_TRUE(config.has_value()) << config.error().message();
    EXPECT_EQ(config->language, "fr-fr");
    EXPECT_EQ(config->espeak_voice, "fr-fr");
    EXPECT_EQ(config->sample_rate_hz, 24'000);
    EXPECT_FLOAT_EQ(config->noise, 0.3F);
    EXPECT_FLOAT_EQ(config->length, 1.1F);
    EXPECT_FLOAT_EQ(config->duration_noise, 0.9F);
    EXPECT_EQ(config->speaker_count, 1);
    EXPECT_THAT(config->symbols, ElementsAre(Pair(U' ', ElementsAre(8)), Pair(U'!', ElementsAre(7)),
                                             Pair(U'a', ElementsAre(4)), Pair(U'b', ElementsAre(5)),
                                             Pair(U'c', ElementsAre(6))));
    EXPECT_THAT(config->before, ElementsAre(2, 3));
    EXPECT_THAT(config->after_each, ElementsAre(3));
    EXPECT_THAT(config->at_end, ElementsAre(1));
}

TEST(CoquiConfig, OfVitsOwnAlphabetHasTheBlankLast) {
    const auto config = parse_coqui_config(
        R"({"model": "vits", "use_phonemes": false, "add_blank": true,
            "datasets": [{"language": "en"}],
            "characters": {"characters_class": "TTS.tts.models.vits.VitsCharacters", "pad": "_",
                           "eos": "&", "bos": "*", "characters": "ba", "punctuations": "! ",
                           "phonemes": "\u0259"},
            "model_args": {"num_speakers": 3}})",
        R"({"VCTK_p225": 0, "VCTK_p226": 4})", R"({"en": 0, "pt-br": 1})");

    ASSERT_TRUE(config.has_value()) << config.error().message();
    EXPECT_EQ(config->language, "en");
    EXPECT_EQ(config->espeak_voice, "");
    EXPECT_EQ(config->speaker_count, 5);
    EXPECT_THAT(config->languages, ElementsAre(Pair("en", 0), Pair("pt-br", 1)));
    EXPECT_THAT(config->symbols, ElementsAre(Pair(U' ', ElementsAre(2)), Pair(U'!', ElementsAre(1)),
                                             Pair(U'a', ElementsAre(4)), Pair(U'b', ElementsAre(3)),
                                             Pair(U'\u0259', ElementsAre(5))));
    EXPECT_THAT(config->before, ElementsAre(6));
    EXPECT_THAT(config->at_end, IsEmpty());
}

struct Bad {
    std::string text;
    std::string message;

    friend void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.message; }
};

class PiperRefuses : public testing::TestWithParam<Bad> {};

TEST_P(PiperRefuses, WithAReason) {
    const auto config = parse_piper_config(GetParam().text);

    ASSERT_FALSE(config.has_value());
    EXPECT_EQ(config.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(config.error().message(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, PiperRefuses,
    testing::Values(
        Bad{"", "not a JSON object"}, Bad{"[1]", "not a JSON object"},
        Bad{R"({"espeak": )", "not a JSON object"}, Bad{"{}", "espeak.voice is missing"},
        Bad{R"({"espeak": {"voice": 3}})", "/espeak/voice is 3 (expected: a text)"},
        Bad{R"({"espeak": "es"})", "espeak.voice is missing"},
        Bad{R"({"audio": {"sample_rate": 1e99}})", "/audio/sample_rate is 1e+99"},
        Bad{R"({"audio": {"sample_rate": 7999}})", "expected: 8000 to 192000"},
        Bad{R"({"inference": {"length_scale": 0}})", "/inference/length_scale is 0"},
        Bad{R"({"num_speakers": -1})", "/num_speakers is -1"},
        Bad{R"({"phoneme_type": "pinyin"})", "\"pinyin\" (supported: espeak, text)"},
        Bad{R"({"espeak": {"voice": "es"}, "phoneme_id_map": {"_": [0], "^": [-1], "$": [2]}})",
            "phoneme_id_map has no \"^\""},
        Bad{R"({"espeak": {"voice": "es"}, "phoneme_id_map": []})", "phoneme_id_map has no"},
        Bad{R"({"espeak": {"voice": "es"}, "phoneme_id_map": {"_": [0], "^": [1], "$": [2],
                                                              "ts": [9]}})",
            "phoneme_id_map has nothing but its marks"},
        Bad{R"({"espeak": {"voice": "es"}, "num_speakers": 2, "speaker_id_map": {"ana": 2},
                "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "a": [3]}})",
            "speaker_id_map has 2 for \"ana\" (expected: 0 to 1, of num_speakers 2)"}));

class CoquiRefuses : public testing::TestWithParam<Bad> {};

TEST_P(CoquiRefuses, WithAReason) {
    const auto config = parse_coqui_config(GetParam().text, "{", "3");

    ASSERT_FALSE(config.has_value());
    EXPECT_EQ(config.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(config.error().message(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, CoquiRefuses,
    testing::Values(Bad{"no", "not a JSON object"},
                    Bad{R"({"model": "tacotron2"})", "\"tacotron2\" (supported: vits)"},
                    Bad{R"({"model_type": "marian"})", "model is \"\""},
                    Bad{R"({"model": "vits", "use_phonemes": true})",
                        "phoneme_language is missing"},
                    Bad{R"({"model": "vits", "use_phonemes": true, "phoneme_language": "en",
                            "phonemizer": "gruut"})",
                        "\"gruut\" (supported: espeak)"},
                    Bad{R"({"model": "vits"})", "characters is missing"}));

TEST(LoadVoiceConfig, NamesTheFile) {
    const files::TestDirectory directory;
    const auto piper = directory.path() / "voice.onnx.json";
    const auto coqui = directory.path() / "config.json";
    files::put_file(piper, kPiper);
    files::put_file(coqui, kCoqui);
    files::put_file(directory.path() / "speaker_ids.json", R"({"siwis": 2})");

    EXPECT_EQ(load_voice_config(piper)->sample_rate_hz, 16'000);
    EXPECT_EQ(load_voice_config(coqui)->sample_rate_hz, 24'000);
    EXPECT_EQ(load_voice_config(coqui)->speaker_count, 3);
    files::put_file(piper, "{}" + std::string(2U << 20U, ' '));
    for (const auto& file : {piper, directory.path() / "absent.json", directory.path()}) {
        const auto config = load_voice_config(file);
        ASSERT_FALSE(config.has_value());
        EXPECT_EQ(config.error().code(), ErrorCode::kUnavailable);
        EXPECT_THAT(config.error().message(), HasSubstr(file.string()));
    }
}

}  // namespace
}  // namespace livedub::vits
