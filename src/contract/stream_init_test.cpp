// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <gtest/gtest.h>

#include "contract/bad_message.hpp"
#include "contract/golden.hpp"
#include "contract/session_messages.hpp"

namespace livedub::contract {
namespace {

/// A nested stream:init with this in its config, and this beside it.
std::string with(const std::string& config, const std::string& rest = "") {
    return R"({"stream_id":"s","worker_id":"w","config":{)" + config + "}" + rest + "}";
}

TEST(StreamInit, FillsAnEmptyConfigWithTheDefaults) {
    const auto init = parse_stream_init(with(""));

    ASSERT_TRUE(init.has_value()) << init.error().message;
    EXPECT_EQ(init->dialect, Dialect::kNested);
    EXPECT_EQ(init->stream_id, "s");
    EXPECT_EQ(init->worker_id, "w");
    EXPECT_EQ(init->source_language, "en");
    EXPECT_EQ(init->target_language, "es");
    EXPECT_EQ(init->voice_profile, "default");
    EXPECT_EQ(init->chunk_duration_ms, 6'000);
    EXPECT_EQ(init->sample_rate_hz, 48'000);
    EXPECT_EQ(init->channels, 1);
    EXPECT_EQ(init->format, "m4a");
    EXPECT_TRUE(init->domain_hints.empty());
    EXPECT_EQ(init->output_format, "m4a");
    EXPECT_EQ(init->output_sample_rate_hz, std::nullopt);
    EXPECT_EQ(init->output_channels, std::nullopt);
    EXPECT_FALSE(init->binary);
    EXPECT_EQ(init->max_inflight, std::nullopt);
    EXPECT_EQ(init->timeout_ms, std::nullopt);
}

TEST(StreamInit, ReadsEveryField) {
    const auto init = parse_stream_init(with(
        R"("source_language":"auto","target_language":"pt-BR","voice_profile":"anna",
           "chunk_duration_ms":100.0,"sample_rate_hz":96000,"channels":2,"format":"pcm_s16le",
           "domain_hints":["sports","what?"],"output_format":"wav","output_sample_rate_hz":22050,
           "output_channels":2,"binary":true,"later_extension":{"a":[1]})",
        R"(,"max_inflight":10,"timeout_ms":1000,"auth":null)"));

    ASSERT_TRUE(init.has_value()) << init.error().message;
    EXPECT_EQ(init->source_language, "auto");
    EXPECT_EQ(init->target_language, "pt-BR");
    EXPECT_EQ(init->voice_profile, "anna");
    EXPECT_EQ(init->chunk_duration_ms, 100);
    EXPECT_EQ(init->sample_rate_hz, 96'000);
    EXPECT_EQ(init->channels, 2);
    EXPECT_EQ(init->format, "pcm_s16le");
    EXPECT_EQ(init->domain_hints, (std::vector<std::string>{"sports", "what?"}));
    EXPECT_EQ(init->output_format, "wav");
    EXPECT_EQ(init->output_sample_rate_hz, 22'050);
    EXPECT_EQ(init->output_channels, 2);
    EXPECT_TRUE(init->binary);
    EXPECT_EQ(init->max_inflight, 10);
    EXPECT_EQ(init->timeout_ms, 1'000);
}

TEST(StreamInit, TakesNullForNoValue) {
    const auto init =
        parse_stream_init(with(R"("domain_hints":null,"channels":null,"output_channels":null)",
                               R"(,"max_inflight":null)"));

    ASSERT_TRUE(init.has_value()) << init.error().message;
    EXPECT_EQ(init->channels, 1);
}

TEST(StreamInit, CountsCharactersNotBytes) {
    std::string name;
    for (int i = 0; i < 128; ++i) {
        name += "é";
    }
    EXPECT_TRUE(parse_stream_init(R"({"worker_id":"w","config":{},"stream_id":")" + name + "\"}"));
    EXPECT_FALSE(
        parse_stream_init(R"({"worker_id":"w","config":{},"stream_id":")" + name + "é\"}"));
}

TEST(StreamInit, IsFlatByAnyOfItsKeys) {
    for (const std::string key_and_value :
         {R"("source_language":"fr")", R"("target_language":"de")", R"("voice_profile":"x")",
          R"("chunk_duration_ms":500)", R"("sample_rate":8000)", R"("sample_rate_hz":8000)",
          R"("channels":2)", R"("format":"wav")"}) {
        const auto init = parse_stream_init("{" + key_and_value + "}");
        ASSERT_TRUE(init.has_value()) << key_and_value << init.error().message;
        EXPECT_EQ(init->dialect, Dialect::kFlat) << key_and_value;
    }
}

TEST(StreamInit, HasOtherDefaultsWhenFlat) {
    const auto init = parse_stream_init(R"({"target_language":"de"})");

    ASSERT_TRUE(init.has_value()) << init.error().message;
    EXPECT_EQ(init->stream_id, "");
    EXPECT_EQ(init->worker_id, "");
    EXPECT_EQ(init->source_language, "en");
    EXPECT_EQ(init->target_language, "de");
    EXPECT_EQ(init->sample_rate_hz, 16'000);
    EXPECT_EQ(init->channels, 1);
    EXPECT_EQ(init->format, "pcm_f32le");
    EXPECT_EQ(init->output_format, "pcm_f32le");
    EXPECT_EQ(init->output_sample_rate_hz, 16'000);
    EXPECT_EQ(init->output_channels, 1);
    EXPECT_FALSE(init->binary);
    EXPECT_EQ(init->timeout_ms, 15'000);
}

TEST(StreamInit, AnswersFlatInTheFormatOfTheInit) {
    const auto init = parse_stream_init(
        R"({"stream_id":"s","worker_id":"w","sample_rate":44100,"channels":2,"format":"mp4",
            "max_inflight":5,"timeout_ms":9000,"domain_hints":["news"]})");

    ASSERT_TRUE(init.has_value()) << init.error().message;
    EXPECT_EQ(init->stream_id, "s");
    EXPECT_EQ(init->worker_id, "w");
    EXPECT_EQ(init->format, "mp4");
    EXPECT_EQ(init->output_format, "m4a");
    EXPECT_EQ(init->output_sample_rate_hz, 44'100);
    EXPECT_EQ(init->output_channels, 2);
    EXPECT_EQ(init->max_inflight, 5);
    EXPECT_EQ(init->timeout_ms, 9'000);
    EXPECT_EQ(init->domain_hints, std::vector<std::string>{"news"});
}

class StreamInitRefuses : public testing::TestWithParam<BadMessage> {};

TEST_P(StreamInitRefuses, AndSaysWhatIsAllowed) {
    const auto init = parse_stream_init(GetParam().json);

    ASSERT_FALSE(init.has_value());
    EXPECT_EQ(line_of(init.error()), line_of(GetParam()));
}

BadMessage bad(std::string name, std::string json, std::string field, std::string message,
               std::string code = "INVALID_CONFIG") {
    return {.name = std::move(name),
            .json = std::move(json),
            .field = std::move(field),
            .message = std::move(message),
            .code = std::move(code)};
}

BadMessage bad_config(const std::string& field, const std::string& value, const std::string& shown,
                      const std::string& allowed, const std::string& code = "INVALID_CONFIG") {
    static int number = 0;
    return bad("Config" + std::to_string(++number) + "_" + field, with('"' + field + "\":" + value),
               "config." + field, "config." + field + " is " + shown + "; it must be " + allowed,
               code);
}

const std::string kLanguage = R"(a language tag of 2 to 10 characters, as "en" or "pt-BR")";

INSTANTIATE_TEST_SUITE_P(
    Envelope, StreamInitRefuses,
    testing::Values(
        bad("Empty", "", "", "the payload is no valid JSON at byte 1: unexpected end of input"),
        bad("NoJson", "{", "", "the payload is no valid JSON at byte 2: unexpected end of input"),
        bad("List", "[]", "", "the payload is an array; it must be an object"),
        bad("Null", "null", "", "the payload is null; it must be an object"),
        bad("NoStreamId", R"({"worker_id":"w","config":{}})", "stream_id",
            "stream_id is missing; it must be a string of 1 to 128 characters"),
        bad("EmptyStreamId", R"({"stream_id":"","worker_id":"w","config":{}})", "stream_id",
            R"(stream_id is ""; it must be a string of 1 to 128 characters)"),
        bad("NumberAsStreamId", R"({"stream_id":5,"worker_id":"w","config":{}})", "stream_id",
            "stream_id is 5; it must be a string of 1 to 128 characters"),
        bad("LongStreamId",
            R"({"worker_id":"w","config":{},"stream_id":")" + std::string(129, 'x') + "\"}",
            "stream_id",
            "stream_id is \"" + std::string(40, 'x') +
                "...\"; it must be a string of 1 to 128 characters"),
        bad("NoWorkerId", R"({"stream_id":"s","config":{}})", "worker_id",
            "worker_id is missing; it must be a string of 1 to 128 characters"),
        bad("NoConfig", R"({"stream_id":"s","worker_id":"w"})", "config",
            "config is missing; it must be an object"),
        bad("NullConfig", R"({"stream_id":"s","worker_id":"w","config":null})", "config",
            "config is missing; it must be an object"),
        // With a key config it is not flat, whatever else there is.
        bad("TextAsConfig",
            R"({"stream_id":"s","worker_id":"w","config":"x","target_language":"es"})", "config",
            R"(config is "x"; it must be an object)"),
        bad("KeyTwice", R"({"stream_id":"s","worker_id":"w","config":{},"config":{}})", "config",
            "config is given twice; it must be given once"),
        bad("MaxInflight0", with("", R"(,"max_inflight":0)"), "max_inflight",
            "max_inflight is 0; it must be an integer from 1 to 10"),
        bad("MaxInflight11", with("", R"(,"max_inflight":11)"), "max_inflight",
            "max_inflight is 11; it must be an integer from 1 to 10"),
        bad("TimeoutLow", with("", R"(,"timeout_ms":999)"), "timeout_ms",
            "timeout_ms is 999; it must be an integer from 1000 to 120000"),
        bad("TimeoutHigh", with("", R"(,"timeout_ms":120001)"), "timeout_ms",
            "timeout_ms is 120001; it must be an integer from 1000 to 120000"),
        bad("FlatRate", R"({"target_language":"es","sample_rate":1})", "sample_rate",
            "sample_rate is 1; it must be an integer from 8000 to 96000"),
        bad("FlatFormat", R"({"format":"mp3"})", "format",
            R"(format is "mp3"; it must be one of m4a, mp4, aac, adts, wav, pcm_s16le, pcm_f32le)"),
        bad("FlatTimeout", R"({"format":"wav","timeout_ms":1})", "timeout_ms",
            "timeout_ms is 1; it must be an integer from 1000 to 120000")),
    [](const auto& row) { return name_of(row.param); });

INSTANTIATE_TEST_SUITE_P(
    Config, StreamInitRefuses,
    testing::Values(
        bad_config("source_language", R"("e")", R"("e")", kLanguage),
        bad_config("source_language", R"("english-american")", R"("english-american")", kLanguage),
        bad_config("source_language", R"("en-")", R"("en-")", kLanguage),
        bad_config("source_language", R"("e n")", R"("e n")", kLanguage),
        bad_config("target_language", R"("")", R"("")", kLanguage),
        bad_config("target_language", "7", "7", kLanguage),
        bad_config("voice_profile", R"("")", R"("")", "the name of a voice profile",
                   "INVALID_VOICE_PROFILE"),
        bad_config("voice_profile", "true", "true", "a string"),
        bad_config("chunk_duration_ms", "99", "99", "an integer from 100 to 60000"),
        bad_config("chunk_duration_ms", "60001", "60001", "an integer from 100 to 60000"),
        bad_config("chunk_duration_ms", "6000.5", "6000.5", "an integer from 100 to 60000"),
        bad_config("chunk_duration_ms", "true", "true", "an integer from 100 to 60000"),
        bad_config("chunk_duration_ms", R"("6000")", R"("6000")", "an integer from 100 to 60000"),
        bad_config("chunk_duration_ms", "1e300", "1e+300", "an integer from 100 to 60000"),
        bad_config("chunk_duration_ms", "18446744073709551615", "18446744073709551615",
                   "an integer from 100 to 60000"),
        bad_config("chunk_duration_ms", "-9223372036854775808", "-9223372036854775808",
                   "an integer from 100 to 60000"),
        bad_config("sample_rate_hz", "7999", "7999", "an integer from 8000 to 96000"),
        bad_config("sample_rate_hz", "96001", "96001", "an integer from 8000 to 96000"),
        bad_config("sample_rate_hz", "[1]", "an array", "an integer from 8000 to 96000"),
        bad_config("channels", "0", "0", "an integer from 1 to 2"),
        bad_config("channels", "3", "3", "an integer from 1 to 2"),
        bad_config("channels", "-1", "-1", "an integer from 1 to 2"),
        bad_config("format", R"("M4A")", R"("M4A")",
                   "one of m4a, mp4, aac, adts, wav, pcm_s16le, pcm_f32le"),
        bad_config("domain_hints", R"("sports")", R"("sports")", "a list of strings"),
        bad_config("output_format", R"("mp4")", R"("mp4")",
                   "one of m4a, adts, wav, pcm_s16le, pcm_f32le"),
        bad_config("output_sample_rate_hz", "12345", "12345",
                   "8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200 or "
                   "96000"),
        bad_config("output_channels", "6", "6", "an integer from 1 to 2"),
        bad_config("binary", "1", "1", "true or false"),
        bad("DomainHint", with(R"("domain_hints":["a",1])"), "config.domain_hints[1]",
            "config.domain_hints[1] is 1; it must be a string of 0 to 128 characters")),
    [](const auto& row) { return name_of(row.param); });

TEST(StreamInit, IsWrittenWithEveryKey) {
    expect_golden("stream_init_defaults", to_json(StreamInit{.stream_id = "s", .worker_id = "w"}));
    expect_golden("stream_init_full", to_json(StreamInit{.stream_id = "live/a\"b",
                                                         .worker_id = "w-1",
                                                         .source_language = "de",
                                                         .target_language = "pt-BR",
                                                         .voice_profile = "anna",
                                                         .chunk_duration_ms = 3'000,
                                                         .sample_rate_hz = 44'100,
                                                         .channels = 2,
                                                         .domain_hints = {"sports", "news"},
                                                         .output_format = "wav",
                                                         .output_sample_rate_hz = 44'100,
                                                         .output_channels = 2,
                                                         .binary = true,
                                                         .max_inflight = 2,
                                                         .timeout_ms = 5'000}));
}

TEST(StreamInit, RoundTrips) {
    const std::string json = to_json(StreamInit{.stream_id = "s\n\x01é",
                                                .worker_id = "w",
                                                .domain_hints = {"a", ""},
                                                .output_channels = 1,
                                                .max_inflight = 1});

    const auto init = parse_stream_init(json);

    ASSERT_TRUE(init.has_value()) << init.error().message;
    EXPECT_EQ(init->stream_id, "s\n\x01é");
    EXPECT_EQ(to_json(*init), json);
}

}  // namespace
}  // namespace livedub::contract
