// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "clips/clip.hpp"
#include "clips/test_sound.hpp"

namespace livedub::clips {
namespace {

struct Case {
    ClipFormat format;
    int rate;
    int channels;
};

class ClipRoundTrip : public testing::TestWithParam<Case> {
  protected:
    static PcmChunk sound(std::size_t frames) {
        const auto& [format, rate, channels] = GetParam();
        return make_test_sound({.sample_rate_hz = rate, .channels = channels}, frames);
    }

    static DecodedClip there_and_back(const PcmChunk& sound) {
        const auto bytes = encode_clip(sound, GetParam().format);
        EXPECT_TRUE(bytes.has_value()) << bytes.error().message();
        auto back = decode_clip(*bytes, {.format = GetParam().format, .pcm = sound.format()});
        EXPECT_TRUE(back.has_value()) << back.error().message();
        return std::move(*back);
    }
};

TEST_P(ClipRoundTrip, KeepsLengthAndPlace) {
    const auto& [format, rate, channels] = GetParam();
    // Neither a whole number of AAC frames nor of milliseconds.
    const auto original = sound(static_cast<std::size_t>(rate) / 2 + 2'137);

    const auto back = there_and_back(original);

    EXPECT_EQ(back.format, format);
    EXPECT_FALSE(back.is_label_wrong);
    EXPECT_EQ(back.sound.format(), original.format());
    const auto match = find_match(original, back.sound);
    EXPECT_GT(match.correlation, 0.95);
    if (format == ClipFormat::kAdts) {
        EXPECT_GE(back.sound.frames(), original.frames());
        EXPECT_LE(back.sound.frames(), original.frames() + 2 * 1024);
        EXPECT_EQ(match.lag, 1024);  // ADTS has no way to say that it begins with priming
    } else {
        EXPECT_EQ(back.sound.frames(), original.frames());
        EXPECT_EQ(match.lag, 0);
    }
}

/// All but ADTS, which counts in whole frames.
class ExactClip : public ClipRoundTrip {};

TEST_P(ExactClip, TheShortestSoundsKeepTheirLength) {
    for (const std::size_t frames : {1U, 2U, 1023U, 1024U, 1025U, 2048U, 2049U}) {
        EXPECT_EQ(there_and_back(sound(frames)).sound.frames(), frames);
    }
}

std::vector<Case> cases_of(std::initializer_list<ClipFormat> formats) {
    std::vector<Case> cases;
    for (const auto format : formats) {
        for (const int rate : {8'000, 16'000, 22'050, 24'000, 32'000, 44'100, 48'000}) {
            for (const int channels : {1, 2}) {
                cases.push_back({.format = format, .rate = rate, .channels = channels});
            }
        }
    }
    return cases;
}

std::string name_of(const testing::TestParamInfo<Case>& test) {
    return fmt::format("{}_{}_{}", to_string(test.param.format), test.param.rate,
                       test.param.channels);
}

INSTANTIATE_TEST_SUITE_P(All, ClipRoundTrip,
                         testing::ValuesIn(cases_of({ClipFormat::kM4a, ClipFormat::kAdts,
                                                     ClipFormat::kWav, ClipFormat::kPcmS16,
                                                     ClipFormat::kPcmF32})),
                         name_of);
INSTANTIATE_TEST_SUITE_P(All, ExactClip,
                         testing::ValuesIn(cases_of({ClipFormat::kM4a, ClipFormat::kWav,
                                                     ClipFormat::kPcmS16, ClipFormat::kPcmF32})),
                         name_of);

TEST(ClipEncode, SixSecondsAreExact) {
    const auto sound = make_test_sound({.sample_rate_hz = 48'000, .channels = 2}, 288'000);

    const auto bytes = encode_clip(sound, ClipFormat::kM4a);

    ASSERT_TRUE(bytes.has_value());
    EXPECT_LT(bytes->size(), 110'000U);  // 128 kb/s
    EXPECT_GT(bytes->size(), 60'000U);
    EXPECT_EQ(decode_clip(*bytes, {.pcm = sound.format()})->sound.frames(), 288'000U);
}

TEST(ClipEncode, TheIndexOfAnM4aComesFirst) {
    const auto bytes = encode_clip(
        make_test_sound({.sample_rate_hz = 16'000, .channels = 1}, 16'000), ClipFormat::kM4a);

    ASSERT_TRUE(bytes.has_value());
    EXPECT_EQ(bytes->substr(4, 4), "ftyp");
    EXPECT_LT(bytes->find("moov"), bytes->find("mdat"));
    EXPECT_NE(bytes->find("elst"), std::string::npos);
}

TEST(ClipEncode, EqualSoundIsEqualBytes) {
    const auto sound = make_test_sound({.sample_rate_hz = 16'000, .channels = 1}, 16'000);

    EXPECT_EQ(*encode_clip(sound, ClipFormat::kM4a), *encode_clip(sound, ClipFormat::kM4a));
}

TEST(ClipEncode, StopsWhenAsked) {
    std::stop_source stop;
    stop.request_stop();

    const auto bytes =
        encode_clip(make_test_sound({.sample_rate_hz = 48'000, .channels = 2}, 480'000),
                    ClipFormat::kM4a, stop.get_token());

    EXPECT_EQ(bytes.error().code(), ErrorCode::kCancelled);
}

TEST(ClipEncode, RefusesWhatTheFormatHasNot) {
    const auto odd = make_test_sound({.sample_rate_hz = 9'000, .channels = 1}, 900);
    const auto none = *PcmChunk::make({}, {.sample_rate_hz = 8'000, .channels = 1}, {});

    EXPECT_EQ(encode_clip(odd, ClipFormat::kM4a).error().code(), ErrorCode::kInvalidArgument);
    EXPECT_TRUE(encode_clip(odd, ClipFormat::kWav).has_value());
    EXPECT_EQ(encode_clip(none, ClipFormat::kWav).error().code(), ErrorCode::kInvalidArgument);
}

TEST(AdtsToM4a, KeepsTheSoundAsItIs) {
    const auto sound = make_test_sound({.sample_rate_hz = 24'000, .channels = 2}, 36'000);
    const auto adts = encode_clip(sound, ClipFormat::kAdts);

    const auto m4a = adts_to_m4a(*adts);

    ASSERT_TRUE(m4a.has_value()) << m4a.error().message();
    const auto as_adts = decode_clip(*adts, {.format = ClipFormat::kAdts, .pcm = sound.format()});
    const auto as_m4a = decode_clip(*m4a, {.format = ClipFormat::kM4a, .pcm = sound.format()});
    ASSERT_TRUE(as_m4a.has_value()) << as_m4a.error().message();
    EXPECT_FALSE(as_m4a->is_label_wrong);
    EXPECT_EQ(as_m4a->sound, as_adts->sound);
}

TEST(AdtsToM4a, RefusesEverythingElse) {
    for (const auto* const bytes : {"", "text that is no sound", "\xff\xf1", "\xff\xf1\x50\x80"}) {
        EXPECT_EQ(adts_to_m4a(bytes).error().code(), ErrorCode::kInvalidArgument) << bytes;
    }
}

}  // namespace
}  // namespace livedub::clips
