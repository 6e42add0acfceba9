// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/text_restoration.hpp"

#include <algorithm>
#include <cctype>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "speech/proper_names.hpp"

namespace livedub::speech {
namespace {

struct Sentence {
    std::string heard;
    std::string written;

    friend void PrintTo(const Sentence& sentence, std::ostream* out) { *out << sentence.heard; }
};

class RestoreSentence : public testing::TestWithParam<Sentence> {};

TEST_P(RestoreSentence, WritesItAsAPersonWould) {
    EXPECT_EQ(restore_sentence(GetParam().heard), GetParam().written);
}

INSTANTIATE_TEST_SUITE_P(
    All, RestoreSentence,
    testing::Values(Sentence{"the ball goes over the line", "The ball goes over the line."},
                    Sentence{"on sunday i think the spanish team wins",
                             "On Sunday I think the Spanish team wins."},
                    Sentence{"i'm sure he said i'll go", "I'm sure he said I'll go."},
                    Sentence{"new york giants against the green bay packers in chicago's cold",
                             "New York Giants against the Green Bay Packers in Chicago's cold."},
                    Sentence{"happy new year's eve", "Happy New Year's Eve."},
                    Sentence{"what a catch by the receiver", "What a catch by the receiver!"},
                    Sentence{"what is the score", "What is the score?"},
                    Sentence{"is he going to make it", "Is he going to make it?"},
                    Sentence{"when he runs they follow", "When he runs they follow."},
                    Sentence{"have a look at that", "Have a look at that."},
                    Sentence{"the giants may march in may", "The giants may march in may."},
                    Sentence{"the nfl season", "The NFL season."},
                    Sentence{"Trust me, I know Paris", "Trust me, I know Paris."},
                    Sentence{"really?", "Really?"}, Sentence{"  two   spaces ", "Two spaces."},
                    Sentence{"", ""}, Sentence{"   ", ""}));

TEST(ProperNames, AreSortedForTheSearch) {
    const auto lower = [](std::string_view text) {
        std::string out{text};
        std::transform(out.begin(), out.end(), out.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return out;
    };
    const auto names = proper_names();
    EXPECT_GT(names.size(), 400U);
    for (std::size_t at = 1; at < names.size(); ++at) {
        EXPECT_LT(lower(names[at - 1]), lower(names[at]));
    }
}

}  // namespace
}  // namespace livedub::speech
