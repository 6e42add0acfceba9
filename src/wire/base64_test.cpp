// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/base64.hpp"

#include <gtest/gtest.h>

namespace livedub::wire {
namespace {

struct Pair {
    std::string_view bytes;
    std::string_view text;
};

class Base64Vectors : public testing::TestWithParam<Pair> {};

TEST_P(Base64Vectors, AreWrittenAndRead) {
    EXPECT_EQ(encode_base64(GetParam().bytes), GetParam().text);
    const auto bytes = decode_base64(GetParam().text);
    ASSERT_TRUE(bytes.has_value()) << bytes.error().message();
    EXPECT_EQ(*bytes, GetParam().bytes);
    EXPECT_TRUE(is_base64(GetParam().text));
}

INSTANTIATE_TEST_SUITE_P(Rfc4648, Base64Vectors,
                         testing::Values(Pair{"", ""}, Pair{"f", "Zg=="}, Pair{"fo", "Zm8="},
                                         Pair{"foo", "Zm9v"}, Pair{"foob", "Zm9vYg=="},
                                         Pair{"fooba", "Zm9vYmE="}, Pair{"foobar", "Zm9vYmFy"},
                                         Pair{{"\0\xFF\xFE", 3}, "AP/+"}));

TEST(Base64, RoundTripsEveryByteAtEveryPlace) {
    for (std::size_t size = 0; size < 9; ++size) {
        for (int value = 0; value < 256; ++value) {
            const std::string bytes(size, static_cast<char>(value));
            const auto again = decode_base64(encode_base64(bytes));
            ASSERT_TRUE(again.has_value());
            ASSERT_EQ(*again, bytes);
        }
    }
}

TEST(Base64, IsWhatCanBeDecoded) {
    std::string text(268, 'A');
    for (const std::size_t place : {0U, 1U, 2U, 3U, 127U, 128U, 255U, 263U, 264U, 265U}) {
        for (int value = 0; value < 256; ++value) {
            text[place] = static_cast<char>(value);
            EXPECT_EQ(is_base64(text), decode_base64(text).has_value()) << value << " at " << place;
        }
        text[place] = 'A';
    }
}

TEST(Base64, CountsTheLettersAtTheFront) {
    for (const std::size_t size : {0U, 1U, 15U, 16U, 1'023U, 1'024U, 1'025U, 3'000U}) {
        const std::string letters(size, '/');
        EXPECT_EQ(count_base64_letters(letters), size);
        EXPECT_EQ(count_base64_letters(letters + "=" + letters), size);
    }
}

struct Bad {
    std::string_view text;
    std::string_view message;
};

class Base64Malformed : public testing::TestWithParam<Bad> {};

TEST_P(Base64Malformed, IsRefusedWithThePlace) {
    const auto bytes = decode_base64(GetParam().text);

    ASSERT_FALSE(bytes.has_value());
    EXPECT_EQ(bytes.error().code(), ErrorCode::kProtocol);
    EXPECT_EQ(bytes.error().message(), GetParam().message);
    EXPECT_FALSE(is_base64(GetParam().text));
}

INSTANTIATE_TEST_SUITE_P(
    Table, Base64Malformed,
    testing::Values(
        Bad{"Z", "not base64 at character 1"}, Bad{"Zm9", "not base64 at character 3"},
        Bad{"Zm9vY", "not base64 at character 5"}, Bad{"Zm9v Zm9", "not base64 at character 4"},
        Bad{"Zm9v\nZm9v", "not base64 at character 4"},
        Bad{"Zm-vZm9v", "not base64 at character 2"},  // the URL alphabet
        Bad{"Zm9v_w==", "not base64 at character 4"},
        Bad{"Zg==Zm9v", "not base64 at character 2"},  // padding inside
        Bad{"Z===", "not base64 at character 1"}, Bad{"====", "not base64 at character 0"},
        Bad{"Zg=v", "not base64 at character 2"}, Bad{"Zm9v=", "not base64 at character 4"},
        Bad{"Zm9vZm9\xC3", "not base64 at character 7"},
        Bad{"Zh==", "not base64 at character 1: bits left over"},
        Bad{"Zm9=", "not base64 at character 2: bits left over"},
        Bad{{"Zm9\0", 4}, "not base64 at character 3"}));

}  // namespace
}  // namespace livedub::wire
