// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "file_dub/progress_text.hpp"

#include <gtest/gtest.h>

namespace livedub::file_dub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ProgressText, TellsShareSpeedAndTimeLeft) {
    const FileDubProgress half{.done = seconds{30}, .total = seconds{60}};

    EXPECT_EQ(progress_line(half, seconds{5}),
              " 50 %  00:30 of 01:00   6.0 x real time   5 s left");
    EXPECT_EQ(progress_bar(half, seconds{5}).substr(0, 23), "[==========>         ] ");
}

TEST(ProgressText, LinesAreOfOneWidthSoThatTheyCoverEachOther) {
    const FileDubProgress begin{.done = milliseconds{0}, .total = seconds{7'200}};
    const FileDubProgress end{.done = seconds{7'200}, .total = seconds{7'200}};

    EXPECT_EQ(progress_bar(begin, seconds{0}).size(), progress_bar(end, seconds{900}).size());
    EXPECT_NE(progress_bar(end, seconds{900}).find("[====================] 100 %  2:00:00"),
              std::string::npos);
}

TEST(ProgressText, WithoutATotalThereIsNoShare) {
    const FileDubProgress unknown{.done = seconds{30}, .total = std::nullopt};

    EXPECT_EQ(progress_line(unknown, seconds{10}), "00:30   3.0 x real time");
    EXPECT_FALSE(percent_done(unknown).has_value());
}

TEST(ProgressText, SummaryNamesTheReasons) {
    const FileDubSummary summary{
        .fragments = 10,
        .originals = {{FallbackReason::kNoSpeech, 2}, {FallbackReason::kFailed, 1}},
        .duration = seconds{60}};

    EXPECT_EQ(
        summary_line(summary, seconds{12}),
        "dubbed 7 of 10 fragments (1 failed, 2 no_speech), 60.0 s in 12.0 s, 5.0 x real time");
}

}  // namespace
}  // namespace livedub::file_dub
