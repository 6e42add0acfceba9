// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "file_dub/media_file.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::file_dub {
namespace {

using testing::Contains;
using testing::Not;

TEST(MediaFile, KnowsOutputsByExtensionInAnyCase) {
    ASSERT_NE(find_output_format("a/b.MP4"), nullptr);
    EXPECT_EQ(find_output_format("a/b.MP4")->muxer, "mp4");
    EXPECT_EQ(find_output_format("a.txt"), nullptr);
    EXPECT_EQ(find_output_format("mp4"), nullptr);
    EXPECT_EQ(find_output_format(".mp4"), nullptr);  // a hidden file without an extension
}

TEST(MediaFile, NamesAreNeverOptionsOrProtocols) {
    const PcmFormat format{.sample_rate_hz = 48'000, .channels = 2};

    const auto decode = decode_command("-y", format);
    const auto encode = encode_command("-i", format, *find_output_format("x.mp4"), "-o.mp4");

    EXPECT_THAT(decode, Contains("file:-y"));
    EXPECT_THAT(encode, Contains("file:-i"));
    EXPECT_THAT(encode, Contains("file:-o.mp4"));
    EXPECT_EQ(as_ffmpeg_name("concat:a|b"), "file:concat:a|b");
}

TEST(MediaFile, VideoIsCopiedWhereThereCanBeOne) {
    const PcmFormat format{.sample_rate_hz = 44'100, .channels = 1};

    EXPECT_THAT(encode_command("a", format, *find_output_format("x.mkv"), "x.mkv"),
                Contains("0:V?"));
    EXPECT_THAT(encode_command("a", format, *find_output_format("x.m4a"), "x.m4a"),
                Not(Contains("0:V?")));
}

TEST(MediaFile, WhatIsNotMediaIsRefused) {
    const auto media = probe("/dev/null");

    ASSERT_FALSE(media.has_value());
    EXPECT_EQ(media.error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace livedub::file_dub
