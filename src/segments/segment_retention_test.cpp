// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "segments/segment_retention.hpp"

#include <gtest/gtest.h>

#include "files/test_directory.hpp"
#include "segments/segment_files.hpp"

namespace livedub::segments {
namespace {

namespace fs = std::filesystem;
using files::put_file;
using files::TestDirectory;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Retention : public testing::Test {
  protected:
    fs::path put(const std::string& id, std::uint64_t number, minutes age, std::size_t size = 100) {
        const auto path = directory_of(dir_.path(), id) / file_name(number, SegmentKind::kOriginal);
        put_file(path, std::string(size, 'x'));
        fs::last_write_time(path, now_ - age);
        return path;
    }

    void apply(seconds longest, std::uint64_t most_bytes) {
        apply_retention(dir_.path(), {.longest_kept = longest, .max_bytes_per_stream = most_bytes},
                        now_);
    }

    TestDirectory dir_;
    const fs::file_time_type now_ = fs::file_time_type::clock::now();
};

TEST_F(Retention, WhatIsTooOldGoes) {
    const auto old = put("a", 0, minutes{61});
    const auto young = put("a", 1, minutes{59});

    apply(hours{1}, 0);

    EXPECT_FALSE(fs::exists(old));
    EXPECT_TRUE(fs::exists(young));
}

TEST_F(Retention, WhatIsTooMuchGoesOldestFirst) {
    const auto first = put("a", 0, minutes{40});
    const auto second = put("a", 1, minutes{30});
    const auto third = put("a", 2, minutes{20});
    const auto other = put("b", 0, minutes{50});

    apply(seconds{0}, 200);

    EXPECT_FALSE(fs::exists(first));
    EXPECT_TRUE(fs::exists(second));
    EXPECT_TRUE(fs::exists(third));
    EXPECT_TRUE(fs::exists(other));
}

TEST_F(Retention, TheYoungStayWhateverTheLimits) {
    const auto path = put("a", 0, minutes{9});
    const auto old = put("a", 1, minutes{11});

    apply(seconds{1}, 1);

    EXPECT_TRUE(fs::exists(path));
    EXPECT_FALSE(fs::exists(old));
}

TEST_F(Retention, ZeroIsNoLimit) {
    const auto path = put("a", 0, hours{24 * 30}, 10'000);

    apply(seconds{0}, 0);

    EXPECT_TRUE(fs::exists(path));
}

TEST_F(Retention, EmptyDirectoriesGoAndStrangersStay) {
    put("ended", 0, minutes{90});
    const auto stranger = directory_of(dir_.path(), "mixed") / "notes.txt";
    put_file(stranger, "x");
    fs::last_write_time(stranger, now_ - hours{100});
    put_file(dir_.path() / "not.an.id" / "not.an.id" / "000000_audio.m4a", "x");
    fs::last_write_time(dir_.path() / "not.an.id" / "not.an.id" / "000000_audio.m4a",
                        now_ - hours{100});

    apply(hours{1}, 1);

    EXPECT_FALSE(fs::exists(dir_.path() / "ended"));
    EXPECT_TRUE(fs::exists(stranger));
    EXPECT_TRUE(fs::exists(dir_.path() / "not.an.id" / "not.an.id" / "000000_audio.m4a"));
}

TEST_F(Retention, AMissingRootIsNothingToDo) {
    apply_retention(dir_.path() / "missing", {}, now_);

    EXPECT_FALSE(fs::exists(dir_.path() / "missing"));
}

}  // namespace
}  // namespace livedub::segments
