// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <gtest/gtest.h>

#include "contract/bad_message.hpp"
#include "contract/fragment_messages.hpp"
#include "contract/golden.hpp"

namespace livedub::contract {
namespace {

FragmentProcessed a_success() {
    return {.fragment_id = "f",
            .stream_id = "s",
            .sequence_number = 3,
            .status = ResultStatus::kSuccess,
            .dubbed_audio = Audio{.format = "m4a",
                                  .sample_rate_hz = 44'100,
                                  .channels = 2,
                                  .duration_ms = 6'000,
                                  .data = "AAEC"},
            .transcript = "good evening \"all\"",
            .translated_text = "buenas noches, señoras",
            .processing_time_ms = 1'200,
            .stage_timings = {.asr = 700, .translation = 100, .tts = 400},
            .metadata = ResultMetadata{.original_duration_ms = 6'000,
                                       .dubbed_duration_ms = 6'000,
                                       .duration_variance_percent = 1.5,
                                       .speed_ratio = 1.25,
                                       .speech_duration_ms = 4'800,
                                       .asr_model = "pocketsphinx",
                                       .translation_model = "apertium",
                                       .tts_model = "espeak"}};
}

FragmentProcessed a_partial() {
    auto result = a_success();
    result.status = ResultStatus::kPartial;
    result.dubbed_audio->is_binary = true;
    result.dubbed_audio->data = std::string("\0\x01\x02", 3);
    result.error = ProcessingError{
        .stage = "tts", .code = "DURATION_MISMATCH_EXCEEDED", .message = "21 % over"};
    result.metadata->gpu_utilization = 0.5;
    return result;
}

FragmentProcessed a_failure() {
    return {.fragment_id = "f",
            .stream_id = "s",
            .sequence_number = 4,
            .status = ResultStatus::kFailed,
            .processing_time_ms = 8'000,
            .stage_timings = {.asr = 8'000},
            .error = ProcessingError{.stage = "asr",
                                     .code = "TIMEOUT",
                                     .message = "no result in 7500 ms",
                                     .retryable = true}};
}

TEST(FragmentProcessed, OnlyAFragmentThatWasLeftOutOnPurposeSaysSo) {
    auto failure = a_failure();
    EXPECT_EQ(to_json(failure, Dialect::kNested).json.find("load_shed"), std::string::npos);
    failure.error->load_shed = true;
    const auto read = parse_fragment_processed(to_json(failure, Dialect::kNested).json, {});
    ASSERT_TRUE(read.has_value() && read->error.has_value());
    EXPECT_TRUE(read->error->load_shed);
}

TEST(FragmentProcessed, IsWrittenWithEveryKeyInBothDialects) {
    expect_golden("fragment_processed_success", to_json(a_success(), Dialect::kNested).json);
    expect_golden("fragment_processed_failed", to_json(a_failure(), Dialect::kNested).json);
    expect_golden("fragment_processed_flat_success", to_json(a_success(), Dialect::kFlat).json);
    expect_golden("fragment_processed_flat_failed", to_json(a_failure(), Dialect::kFlat).json);

    const auto binary = to_json(a_partial(), Dialect::kNested);
    expect_golden("fragment_processed_partial_binary", binary.json);
    EXPECT_EQ(binary.attachments, (std::vector<std::string>{std::string("\0\x01\x02", 3)}));
}

TEST(FragmentProcessed, WritesBytesAsBase64WhenFlat) {
    const auto message = to_json(a_partial(), Dialect::kFlat);

    EXPECT_TRUE(message.attachments.empty());
    EXPECT_NE(message.json.find(R"("dubbed_audio":"AAEC")"), std::string::npos) << message.json;
}

TEST(FragmentProcessed, KeepsLongSoundApartOnceItIsProven) {
    for (const auto dialect : {Dialect::kNested, Dialect::kFlat}) {
        auto result = a_success();
        result.dubbed_audio->data.assign(100'000, 'A');
        const auto whole = to_json(result, dialect);
        EXPECT_EQ(whole.inset.text, nullptr);
        result.dubbed_audio->is_proven_base64 = true;

        auto apart = to_json(result, dialect);

        ASSERT_NE(apart.inset.text, nullptr);
        EXPECT_LT(apart.json.size(), 2'000U);
        EXPECT_EQ(apart.json.insert(apart.inset.at, *apart.inset.text), whole.json);
    }
}

TEST(FragmentProcessed, RoundTripsInEveryShape) {
    for (const auto& sent : {a_success(), a_partial(), a_failure()}) {
        for (const auto dialect : {Dialect::kNested, Dialect::kFlat}) {
            auto message = to_json(sent, dialect);
            const auto read = parse_fragment_processed(message.json, message.attachments);
            ASSERT_TRUE(read.has_value()) << read.error().message;
            EXPECT_EQ(to_json(*read, dialect).json, message.json);
        }
    }
}

TEST(FragmentProcessed, NeedsOnlyIdAndStatus) {
    const auto result = parse_fragment_processed(R"({"fragment_id":"f","status":"success"})", {});

    ASSERT_TRUE(result.has_value()) << result.error().message;
    EXPECT_EQ(result->status, ResultStatus::kSuccess);
    EXPECT_EQ(result->dubbed_audio, std::nullopt);
    EXPECT_EQ(result->transcript, std::nullopt);
    EXPECT_EQ(result->error, std::nullopt);
    EXPECT_EQ(result->metadata, std::nullopt);
}

TEST(FragmentProcessed, ToleratesWhatPeersSend) {
    const auto result = parse_fragment_processed(
        R"({"fragment_id":"f","status":"failed","sequence_number":2.0,"stream_id":null,
            "dubbed_audio":{"data_base64":"AAAA","sample_rate_hz":"high","channels":6},
            "processing_time_ms":1234.6,"stage_timings":null,
            "error":{"code":"GPU_OOM","stage":null},
            "metadata":{"speed_ratio":1,"gpu_utilization":"n/a","asr_model":7}})",
        {});

    ASSERT_TRUE(result.has_value()) << result.error().message;
    EXPECT_EQ(result->sequence_number, 2);
    ASSERT_TRUE(result->dubbed_audio.has_value());
    EXPECT_EQ(result->dubbed_audio->format, "m4a");
    EXPECT_EQ(result->dubbed_audio->sample_rate_hz, 48'000);
    EXPECT_EQ(result->dubbed_audio->channels, 6);
    EXPECT_EQ(result->processing_time_ms, 1'235);
    ASSERT_TRUE(result->error.has_value());
    EXPECT_TRUE(result->error->retryable);
    EXPECT_EQ(result->error->stage, std::nullopt);
    ASSERT_TRUE(result->metadata.has_value());
    EXPECT_DOUBLE_EQ(result->metadata->speed_ratio, 1.0);
    EXPECT_EQ(result->metadata->gpu_utilization, std::nullopt);
    EXPECT_EQ(result->metadata->asr_model, std::nullopt);
}

TEST(FragmentProcessed, HasNoAudioWithoutItsData) {
    for (const auto* audio : {"null", "{}", "5", R"({"data_base64":null})",
                              R"({"data":{"_placeholder":true,"num":0}})", R"({"data":"bytes"})"}) {
        const auto result = parse_fragment_processed(
            R"({"fragment_id":"f","status":"success","dubbed_audio":)" + std::string{audio} + "}",
            {});
        ASSERT_TRUE(result.has_value()) << audio;
        EXPECT_EQ(result->dubbed_audio, std::nullopt) << audio;
    }
}

class FragmentProcessedRefuses : public testing::TestWithParam<BadMessage> {};

TEST_P(FragmentProcessedRefuses, AndSaysWhatIsAllowed) {
    const auto result = parse_fragment_processed(GetParam().json, {});

    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(line_of(result.error()), line_of(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(
    Messages, FragmentProcessedRefuses,
    testing::Values(BadMessage{"List", "[]", "", "the payload is an array; it must be an object"},
                    BadMessage{
                        "NoId", R"({"status":"success"})", "fragment_id",
                        "fragment_id is missing; it must be a string of 1 to 128 characters"},
                    BadMessage{"NoStatus", R"({"fragment_id":"f"})", "status",
                               "status is missing; it must be one of success, partial, failed"},
                    BadMessage{"Status", R"({"fragment_id":"f","status":"done"})", "status",
                               "status is \"done\"; it must be one of success, partial, failed"}),
    [](const auto& row) { return name_of(row.param); });

}  // namespace
}  // namespace livedub::contract
