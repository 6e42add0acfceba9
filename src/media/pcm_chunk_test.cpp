// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "media/pcm_chunk.hpp"

#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace livedub {
namespace {

using std::chrono::milliseconds;

constexpr PcmFormat kStereo48k{.sample_rate_hz = 48'000, .channels = 2};

TEST(PcmChunk, KnowsWhenItEnds) {
    const auto chunk =
        PcmChunk::make(StreamTime{milliseconds{100}}, kStereo48k, std::vector<std::int16_t>(960));

    ASSERT_TRUE(chunk.has_value()) << chunk.error().message();
    EXPECT_EQ(chunk->duration(), milliseconds{10});
    EXPECT_EQ(chunk->end(), StreamTime{milliseconds{110}});
}

struct BadInput {
    std::string name;
    PcmFormat format;
    std::size_t samples;
    std::string message;

    friend void PrintTo(const BadInput& input, std::ostream* out) { *out << input.name; }
};

class PcmChunkRejects : public testing::TestWithParam<BadInput> {};

TEST_P(PcmChunkRejects, WithAReason) {
    const auto& param = GetParam();

    const auto chunk = PcmChunk::make({}, param.format, std::vector<std::int16_t>(param.samples));

    ASSERT_FALSE(chunk.has_value());
    EXPECT_EQ(chunk.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(chunk.error().message(), param.message);
}

INSTANTIATE_TEST_SUITE_P(
    All, PcmChunkRejects,
    testing::Values(BadInput{"NoRate", {.sample_rate_hz = 0, .channels = 1}, 1, "sample rate 0 Hz"},
                    BadInput{
                        "SixChannels", {.sample_rate_hz = 48'000, .channels = 6}, 6, "6 channels"},
                    BadInput{"HalfAFrame", kStereo48k, 3, "3 samples is not whole frames"}),
    [](const auto& input) { return input.param.name; });

}  // namespace
}  // namespace livedub
