// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "segments/segment_files.hpp"

#include <gtest/gtest.h>

#include "files/test_directory.hpp"

namespace livedub::segments {
namespace {

namespace fs = std::filesystem;
using files::put_file;
using files::TestDirectory;

TEST(SegmentFiles, NamesHaveSixDigits) {
    EXPECT_EQ(file_name(0, SegmentKind::kOriginal), "000000_audio.m4a");
    EXPECT_EQ(file_name(42, SegmentKind::kDubbed), "000042_audio_dubbed.m4a");
    EXPECT_EQ(file_name(1'234'567, SegmentKind::kOriginal), "1234567_audio.m4a");
}

TEST(SegmentFiles, TellsItsOwnNames) {
    for (const auto* const ours :
         {"000000_audio.m4a", "1234567_audio_dubbed.m4a", "000001_audio.m4a.part"}) {
        EXPECT_TRUE(is_segment_name(ours)) << ours;
    }
    for (const auto* const other : {"", "audio.m4a", "00001_audio.m4a", "000001_video.mp4",
                                    "000001_audio.m4a~", "notes.txt", ".part", "123456"}) {
        EXPECT_FALSE(is_segment_name(other)) << other;
    }
}

TEST(SegmentFiles, IdsCannotLeaveTheDirectory) {
    for (const auto& good : {std::string{"a"}, std::string{"Live-1_x"}, std::string(128, 'z')}) {
        EXPECT_TRUE(is_stream_id(good)) << good;
    }
    for (const auto& bad : {std::string{}, std::string{".."}, std::string{"a/b"},
                            std::string{"a.b"}, std::string{"/etc"}, std::string(129, 'z'),
                            std::string{"a\0b", 3}, std::string{"\xc3\xa4"}}) {
        EXPECT_FALSE(is_stream_id(bad)) << bad;
    }
}

TEST(SegmentFiles, RemovesItsOwnAndNothingElse) {
    const TestDirectory dir;
    put_file(dir.path() / "000000_audio.m4a", "x");
    put_file(dir.path() / "000001_audio_dubbed.m4a.part", "x");
    put_file(dir.path() / "notes.txt", "x");

    EXPECT_TRUE(remove_segments(dir.path()).has_value());
    EXPECT_TRUE(remove_segments(dir.path() / "missing").has_value());

    EXPECT_TRUE(fs::exists(dir.path() / "notes.txt"));
    EXPECT_EQ(std::distance(fs::directory_iterator{dir.path()}, {}), 1);
}

}  // namespace
}  // namespace livedub::segments
