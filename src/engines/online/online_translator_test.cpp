// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/online/online_translator.hpp"

#include <ostream>
#include <string>

#include <gtest/gtest.h>

namespace livedub::online {
namespace {

constexpr const char* kSource = "The keeper saves it again.";

Result<std::string> read(const TranslationApi& api, std::string body, int status = 200) {
    return read_translation(
        api, {.status = status, .content_type = "application/json", .body = std::move(body)},
        kSource);
}

TEST(ReadTranslation, FindsItInEveryServicesAnswer) {
    EXPECT_EQ(read(deepl_api("", "k"),
                   R"({"translations": [{"detected_source_language": "EN", "text": "Hola."}]})"),
              "Hola.");
    EXPECT_EQ(read(libretranslate_api("http://mt", ""), R"({"translatedText": "Hola."})"), "Hola.");
    EXPECT_EQ(read(chat_completions_api("http://llm/v1", "", "m"),
                   R"({"choices": [{"message": {"role": "assistant", "content": " Hola.\n"}}]})"),
              "Hola.");
}

struct Refusal {
    std::string name;
    int status = 200;
    std::string body;
    ErrorCode code = ErrorCode::kInternal;
    std::string message;

    friend void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }
};

class ReadTranslationRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(ReadTranslationRefuses, WithAReason) {
    const auto& refusal = GetParam();

    const auto result = read(libretranslate_api("http://mt", ""), refusal.body, refusal.status);

    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code(), refusal.code);
    EXPECT_EQ(result.error().message(), "libretranslate: " + refusal.message);
}

std::string translated(const std::string& text) {
    return R"({"translatedText": ")" + text + "\"}";
}

INSTANTIATE_TEST_SUITE_P(
    All, ReadTranslationRefuses,
    testing::Values(
        Refusal{"Limit", 429, R"({"error": "Slowdown"})", ErrorCode::kExhausted,
                "HTTP 429: Slowdown"},
        Refusal{"Quota", 456, "", ErrorCode::kExhausted, "HTTP 456"},
        Refusal{"Broken", 500, "<html>", ErrorCode::kUnavailable, "HTTP 500"},
        Refusal{"Overloaded", 503, "", ErrorCode::kUnavailable, "HTTP 503"},
        Refusal{"Language", 400, R"({"error": "xx is\nnot supported"})",
                ErrorCode::kInvalidArgument, "HTTP 400: xx is not supported"},
        Refusal{"Key", 403, R"({"error": 7})", ErrorCode::kInternal, "HTTP 403"},
        // Cut before the two bytes of the last letter that would begin within the limit.
        Refusal{"ManyWords", 400, R"({"error": ")" + std::string(199, 'a') + "\xC3\xA9\"}",
                ErrorCode::kInvalidArgument, "HTTP 400: " + std::string(199, 'a')},
        Refusal{"Redirect", 302, "", ErrorCode::kInternal, "HTTP 302"},
        Refusal{"NoJson", 200, "Hola.", ErrorCode::kInternal, "the answer is not JSON"},
        Refusal{"NoUtf8", 200, translated("\xFF"), ErrorCode::kInternal, "the answer is not JSON"},
        Refusal{"NoText", 200, R"({"translatedText": ["Hola."]})", ErrorCode::kInternal,
                "the answer has no text at /translatedText"},
        Refusal{"Empty", 200, translated(" \\n"), ErrorCode::kInternal, "the translation is empty"},
        Refusal{"Untranslated", 200, translated(kSource), ErrorCode::kInternal,
                "the text came back untranslated"},
        Refusal{"TalksOn", 200, translated(std::string(500, 'a')), ErrorCode::kInternal,
                "500 bytes for 26 are no translation"}),
    [](const auto& refusal) { return refusal.param.name; });

TEST(ReadTranslation, NamesMayStayAsTheyAre) {
    EXPECT_EQ(read_translation(libretranslate_api("http://mt", ""),
                               {.status = 200, .body = translated("Manchester United!")},
                               "Manchester United!"),
              "Manchester United!");
}

}  // namespace
}  // namespace livedub::online
