// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media_session/stream_options.hpp"

#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(StreamOptions, AnEmptyQueryKeepsTheDefaults) {
    const auto parsed = parse_stream_options("", {.target_language = "ca"});

    EXPECT_EQ(parsed.options.target_language, "ca");
    EXPECT_EQ(parsed.options.effective_delay(), milliseconds{15'000});
    EXPECT_THAT(parsed.warnings, IsEmpty());
}

TEST(StreamOptions, TheQueryChoosesLanguageVoiceAndTimes) {
    const auto parsed = parse_stream_options(
        "lang=pt%2DBR&src=en&voice=spanish_male_1&segment_ms=3000&delay_ms=9000&key=secret&x", {});

    EXPECT_EQ(parsed.options.target_language, "pt-BR");
    EXPECT_EQ(parsed.options.voice, "spanish_male_1");
    EXPECT_EQ(parsed.options.segment, milliseconds{3'000});
    EXPECT_EQ(parsed.options.effective_delay(), milliseconds{9'000});
    EXPECT_THAT(parsed.warnings, IsEmpty());
}

TEST(StreamOptions, AQueryThatWasEscapedAsAWholeIsRead) {
    const auto parsed = parse_stream_options("lang%3Dpt%252DBR%26domain%3Dsports%252Cnews", {});

    EXPECT_EQ(parsed.options.target_language, "pt-BR");
    EXPECT_THAT(parsed.options.domain_hints, testing::ElementsAre("sports", "news"));
}

TEST(StreamOptions, TheSameLanguageIsPassedThrough) {
    EXPECT_EQ(parse_stream_options("lang=EN-us", {}).options.mode, StreamMode::kPassthrough);
    EXPECT_EQ(parse_stream_options("lang=es", {}).options.mode, StreamMode::kDub);
}

TEST(StreamOptions, APublisherCannotSwitchSpeechOn) {
    const StreamOptions off{.mode = StreamMode::kOriginal};

    EXPECT_EQ(parse_stream_options("mode=dub", off).options.mode, StreamMode::kOriginal);
    EXPECT_EQ(parse_stream_options("mode=passthrough", off).options.mode, StreamMode::kPassthrough);
}

struct BadValue {
    std::string query;
    std::string warning;

    friend void PrintTo(const BadValue& bad, std::ostream* out) { *out << bad.query; }
};

class StreamOptionsRefuses : public testing::TestWithParam<BadValue> {};

TEST_P(StreamOptionsRefuses, AndKeepsTheDefault) {
    const auto parsed = parse_stream_options(GetParam().query, {});

    ASSERT_EQ(parsed.warnings.size(), 1U);
    EXPECT_THAT(parsed.warnings[0], HasSubstr(GetParam().warning));
    EXPECT_EQ(parsed.options.target_language, "es");
    EXPECT_EQ(parsed.options.voice, "default");
    EXPECT_EQ(parsed.options.mode, StreamMode::kDub);
    EXPECT_EQ(parsed.options.effective_delay(), milliseconds{15'000});
}

INSTANTIATE_TEST_SUITE_P(All, StreamOptionsRefuses,
                         testing::Values(BadValue{"lang=e", "lang=\"e\""},
                                         BadValue{"target=../../etc", "language tag"},
                                         BadValue{"voice=a/b", "voice=\"a/b\""},
                                         BadValue{"mode=loud", "dub or passthrough"},
                                         BadValue{"domain=a%20b", "separated by commas"},
                                         BadValue{"segment_ms=999", "1000 to 30000"},
                                         BadValue{"delay_ms=6s", "1000 to 60000"},
                                         BadValue{"delay_ms=6999", "segment + 1000 = 7000"}));

TEST(StreamOptions, ADelayThatIsTooShortTakesNoSegmentAlong) {
    const auto parsed = parse_stream_options("segment_ms=8000&delay_ms=5000", {});

    EXPECT_THAT(parsed.warnings, testing::ElementsAre(HasSubstr("delay_ms=5000")));
    EXPECT_EQ(parsed.options.delay, milliseconds{0});
    EXPECT_EQ(parsed.options.segment, milliseconds{8'000});
}

TEST(StreamOptions, ASegmentIsNamedThatTheDefaultDelayIsTooShortFor) {
    const StreamOptions short_delay{.delay = milliseconds{8'000}};
    for (const auto* query : {"segment_ms=9000", "segment_ms=9000&delay_ms=9500"}) {
        const auto parsed = parse_stream_options(query, short_delay);

        ASSERT_FALSE(parsed.warnings.empty()) << query;
        EXPECT_THAT(parsed.warnings.back(), HasSubstr("segment_ms=9000 is not usable (allowed: "
                                                      "1000 to delay - 1000 = 7000)"));
        EXPECT_EQ(parsed.options.delay, milliseconds{8'000});
        EXPECT_EQ(parsed.options.segment, milliseconds{6'000});
    }
    EXPECT_THAT(parse_stream_options("segment_ms=9000&delay_ms=10000", short_delay).warnings,
                IsEmpty());
}

}  // namespace
}  // namespace livedub
