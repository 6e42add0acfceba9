// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/speaker_label.hpp"

#include <gtest/gtest.h>

namespace livedub::vocabulary {
namespace {

TEST(SpeakerLabel, IsTakenAway) {
    for (const auto* text :
         {"ANNA: He shoots.", "Anna López: He shoots.", "Speaker 2: He shoots.",
          "SPEAKER_01: He shoots.", "[Speaker 1] He shoots.", "[Anna]: He shoots.", ">> He shoots.",
          ">>> ANNA:  He shoots.", "  Éva: He shoots."}) {
        EXPECT_EQ(without_speaker_label(text), "He shoots.") << text;
    }
}

TEST(SpeakerLabel, WhatIsSaidStays) {
    for (const auto* text :
         {"He shoots.", "Kick-off is at 20:45.", "One thing is clear: he shoots.",
          "https://example.org", "The Red Devils Again Today: he shoots.", "3:2", "Final 3:2",
          "and Anna: he shoots.", "[", "", ": he shoots.",
          "[a remark that is so long that nobody would take it for a name] He shoots."}) {
        EXPECT_EQ(without_speaker_label(text), text) << text;
    }
}

TEST(SpeakerLabel, ATextThatIsNothingElseStays) {
    for (const auto* text : {"ANNA:", ">>", "[Anna]", "[Anna] >> "}) {
        EXPECT_EQ(without_speaker_label(text), text) << text;
    }
}

}  // namespace
}  // namespace livedub::vocabulary
