// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/mp4_vetting.hpp"

#include <gtest/gtest.h>

#include "clips/clip.hpp"
#include "clips/test_sound.hpp"

namespace livedub::clips {
namespace {

std::string small_clip() {
    return *encode_clip(make_test_sound({.sample_rate_hz = 16'000, .channels = 1}, 4'000),
                        ClipFormat::kM4a);
}

TEST(VetMp4, PassesWhatTheEncoderWrites) {
    EXPECT_TRUE(vet_mp4(small_clip()).has_value());
    const auto longest = encode_clip(
        make_test_sound({.sample_rate_hz = 48'000, .channels = 1}, std::size_t{48'000} * 120),
        ClipFormat::kM4a);
    EXPECT_TRUE(vet_mp4(*longest).has_value());
}

struct Promise {
    const char* box;
    std::size_t count_at;  // from the name
    std::string_view count;
};

class EmptyPromise : public testing::TestWithParam<Promise> {};

TEST_P(EmptyPromise, IsRefusedBeforeAnythingIsAllocated) {
    const auto& c = GetParam();
    auto bytes = small_clip();
    const auto at = bytes.find(c.box);
    ASSERT_NE(at, std::string::npos);
    bytes.replace(at + c.count_at, c.count.size(), c.count);

    const auto vetted = vet_mp4(bytes);

    ASSERT_FALSE(vetted.has_value());
    EXPECT_EQ(vetted.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_FALSE(decode_clip(bytes, {}).has_value());
}

INSTANTIATE_TEST_SUITE_P(
    All, EmptyPromise,
    testing::Values(Promise{"stsz", 12, "\x7f\xff\xff\xff"}, Promise{"stts", 8, "\x7f\xff\xff\xff"},
                    Promise{"stsc", 8, "\x7f\xff\xff\xff"}, Promise{"stsc", 16, "\x7f\xff\xff\xff"},
                    Promise{"stco", 8, "\x7f\xff\xff\xff"}, Promise{"elst", 8, "\x7f\xff\xff\xff"},
                    Promise{"mvhd", 0, "cmov"},
                    Promise{"moov", static_cast<std::size_t>(0) - 4, "\x7f\xff\xff\xff"}));

TEST(VetMp4, SoundMayBeCutShortButNotTheIndex) {
    const auto bytes = small_clip();
    const auto sound_at = bytes.find("mdat");

    EXPECT_TRUE(vet_mp4(std::string_view{bytes}.substr(0, sound_at + 20)).has_value());
    EXPECT_FALSE(vet_mp4(std::string_view{bytes}.substr(0, bytes.find("stsz"))).has_value());
}

}  // namespace
}  // namespace livedub::clips
