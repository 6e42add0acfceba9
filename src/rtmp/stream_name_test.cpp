// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/stream_name.hpp"

#include <string>

#include <gtest/gtest.h>

namespace livedub::rtmp {
namespace {

struct Said {
    std::string name;
    std::string app;
    std::string stream;
    std::string path;
    std::string query;

    friend void PrintTo(const Said& said, std::ostream* out) { *out << said.name; }
};

class StreamNameOf : public testing::TestWithParam<Said> {};

TEST_P(StreamNameOf, JoinsBothPlaces) {
    const auto& said = GetParam();

    const auto name = StreamName::make(said.app, said.stream);

    ASSERT_TRUE(name.has_value()) << name.error().message();
    EXPECT_EQ(name->path, said.path);
    EXPECT_EQ(name->query, said.query);
}

INSTANTIATE_TEST_SUITE_P(
    Clients, StreamNameOf,
    testing::Values(Said{"Ffmpeg", "live/demo", "in", "live/demo/in", ""},
                    Said{"Obs", "live", "demo/in", "live/demo/in", ""},
                    Said{"QueryOnStream", "live/demo", "in?lang=es&v=1", "live/demo/in",
                         "lang=es&v=1"},
                    Said{"QueryOnApp", "live/demo?token=x", "in", "live/demo/in", "token=x"},
                    Said{"QueryOnBoth", "live?a=1", "demo/in?b=2", "live/demo/in", "a=1&b=2"},
                    Said{"Slashes", "/live//demo/", "/in/", "live/demo/in", ""},
                    Said{"AllInApp", "live/demo/in", "", "live/demo/in", ""},
                    Said{"AllInStream", "", "live/demo", "live/demo", ""},
                    Said{"Prefix", "live", "mp4:demo.flv", "live/mp4:demo.flv", ""}),
    [](const auto& input) { return input.param.name; });

class StreamNameRefuses : public testing::TestWithParam<Said> {};

TEST_P(StreamNameRefuses, WithAReason) {
    const auto name = StreamName::make(GetParam().app, GetParam().stream);

    ASSERT_FALSE(name.has_value());
    EXPECT_EQ(name.error().code(), ErrorCode::kInvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(
    All, StreamNameRefuses,
    testing::Values(Said{"OnePart", "live", "", "", ""}, Said{"Nothing", "", "?a=b", "", ""},
                    Said{"Space", "live", "a b", "", ""}, Said{"Quote", "live", "a\"b", "", ""},
                    Said{"ControlInQuery", "live", "in?a=\n", "", ""},
                    Said{"LongPath", "live", std::string(300, 'x'), "", ""},
                    Said{"LongQuery", "live", "in?" + std::string(3000, 'x'), "", ""}),
    [](const auto& input) { return input.param.name; });

}  // namespace
}  // namespace livedub::rtmp
