// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/output_shape.hpp"

#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "wire/base64.hpp"

namespace livedub::sts_session {
namespace {

struct Row {
    std::string name;
    contract::StreamInit init;
    PcmFormat decoded;
    clips::ClipFormat format;
    PcmFormat pcm;

    friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};

class ChoosesOutput : public testing::TestWithParam<Row> {};

TEST_P(ChoosesOutput, ByTheFirstFragmentUnlessTold) {
    const auto& row = GetParam();
    const auto shape = choose_output(row.init, false, row.decoded);

    EXPECT_EQ(shape.format, row.format);
    EXPECT_EQ(shape.pcm, row.pcm);
}

INSTANTIATE_TEST_SUITE_P(
    All, ChoosesOutput,
    testing::Values(
        Row{"AsDecoded", {}, {44'100, 2}, clips::ClipFormat::kM4a, {44'100, 2}},
        Row{"LabelsDoNotMatter",
            {.sample_rate_hz = 48'000},
            {16'000, 1},
            clips::ClipFormat::kM4a,
            {16'000, 1}},
        Row{"NearestRate", {}, {96'000, 2}, clips::ClipFormat::kM4a, {48'000, 2}},
        Row{"Overridden",
            {.output_format = "wav", .output_sample_rate_hz = 24'000, .output_channels = 1},
            {44'100, 2},
            clips::ClipFormat::kWav,
            {24'000, 1}},
        Row{"FlatAsInit",
            {.dialect = contract::Dialect::kFlat,
             .sample_rate_hz = 11'025,
             .channels = 1,
             .output_format = "pcm_f32le"},
            {48'000, 2},
            clips::ClipFormat::kPcmF32,
            {11'025, 1}},
        Row{"FlatAac",
            {.dialect = contract::Dialect::kFlat,
             .sample_rate_hz = 11'025,
             .channels = 2,
             .output_format = "m4a"},
            {48'000, 1},
            clips::ClipFormat::kM4a,
            {8'000, 2}}),
    [](const auto& row) { return row.param.name; });

TEST(EncodeOutput, LabelsAreTrueToTheBytes) {
    const auto sound = *PcmChunk::make({}, {.sample_rate_hz = 16'000, .channels = 1},
                                       std::vector<std::int16_t>(16'000, 1'000));

    const auto audio = encode_output(sound, {.format = clips::ClipFormat::kPcmS16,
                                             .pcm = {.sample_rate_hz = 8'000, .channels = 2}});

    ASSERT_TRUE(audio.has_value());
    EXPECT_EQ(audio->format, "pcm_s16le");
    EXPECT_EQ(audio->sample_rate_hz, 8'000);
    EXPECT_EQ(audio->channels, 2);
    EXPECT_EQ(audio->duration_ms, 1'000);
    const auto bytes = wire::decode_base64(audio->data);
    ASSERT_TRUE(bytes.has_value());
    EXPECT_EQ(bytes->size(), 8'000U * 2U * 2U);
}

TEST(MakeSilence, IsAsLongAsTheFragment) {
    const auto sound = *PcmChunk::make({}, {.sample_rate_hz = 44'100, .channels = 2},
                                       std::vector<std::int16_t>(2U * 66'150U, 9));

    const auto silence = make_silence(sound, {.sample_rate_hz = 16'000, .channels = 1});

    EXPECT_EQ(silence.frames(), 24'000U);
    EXPECT_EQ(silence.samples(), std::vector<std::int16_t>(24'000));
}

}  // namespace
}  // namespace livedub::sts_session
