// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/plausibility.hpp"

#include <chrono>
#include <ostream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace livedub::speech {
namespace {

std::vector<Phrase> words_of(const std::string& text) {
    std::vector<Phrase> words;
    std::istringstream in{text};
    for (std::string word; in >> word;) {
        words.push_back({.text = word, .start = {}, .end = {}});
    }
    return words;
}

struct Saying {
    std::string text;
    std::chrono::milliseconds time;
    bool is_plausible;

    friend void PrintTo(const Saying& saying, std::ostream* out) { *out << saying.text; }
};

class Plausibility : public testing::TestWithParam<Saying> {};

TEST_P(Plausibility, IsJudged) {
    const auto& saying = GetParam();

    EXPECT_EQ(is_plausible(words_of(saying.text), saying.time), saying.is_plausible);
}

using std::chrono::milliseconds;
INSTANTIATE_TEST_SUITE_P(
    All, Plausibility,
    testing::Values(Saying{"the home team takes the lead", milliseconds{2'000}, true},
                    Saying{"goal", milliseconds{900}, true},
                    Saying{"no no no", milliseconds{1'000}, true},
                    Saying{"", milliseconds{3'000}, false},
                    Saying{"uh the um", milliseconds{1'000}, false},
                    Saying{"oh oh oh oh oh", milliseconds{2'000}, false},
                    Saying{"who who who who who is", milliseconds{2'000}, false},
                    Saying{"thing", milliseconds{4'000}, false},
                    Saying{"a b c d e f g h i j k l m n", milliseconds{1'000}, false}));

}  // namespace
}  // namespace livedub::speech
