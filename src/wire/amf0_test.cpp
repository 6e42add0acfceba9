// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/amf0.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "wire/hex.hpp"

namespace livedub::wire {
namespace {

// The payload of ffmpeg 5.1's "connect".
constexpr std::string_view kConnect = R"(
    02 00 07 63 6f 6e 6e 65 63 74 00 3f f0 00 00 00 00 00 00 03
    00 03 61 70 70 02 00 09 6c 69 76 65 2f 64 65 6d 6f 00 04 74 79 70 65 02 00 0a 6e 6f 6e 70 72 69
    76 61 74 65 00 08 66 6c 61 73 68 56 65 72 02 00 24 46 4d 4c 45 2f 33 2e 30 20 28 63 6f 6d 70 61
    74 69 62 6c 65 3b 20 4c 61 76 66 35 39 2e 32 37 2e 31 30 30 29 00 05 74 63 55 72 6c 02 00 20 72
    74 6d 70 3a 2f 2f 31 32 37 2e 30 2e 30 2e 31 3a 33 39 30 34 37 2f 6c 69 76 65 2f 64 65 6d 6f
    00 00 09)";

TEST(Amf0, ReadsTheConnectOfFfmpeg) {
    const auto values = decode_amf0(from_hex(kConnect));

    ASSERT_TRUE(values.has_value()) << values.error().message();
    ASSERT_EQ(values->size(), 3U);
    EXPECT_EQ((*values)[0], AmfValue{"connect"});
    EXPECT_EQ((*values)[1], AmfValue{1.0});
    const auto* object = (*values)[2].object();
    ASSERT_NE(object, nullptr);
    ASSERT_EQ(object->properties.size(), 4U);
    ASSERT_NE(object->find("app"), nullptr);
    EXPECT_EQ(*object->find("app"), AmfValue{"live/demo"});
    EXPECT_EQ(*object->find("tcUrl"), AmfValue{"rtmp://127.0.0.1:39047/live/demo"});
    EXPECT_EQ(object->find("pageUrl"), nullptr);
}

TEST(Amf0, WritesTheConnectOfFfmpeg) {
    const auto values = decode_amf0(from_hex(kConnect));
    ASSERT_TRUE(values.has_value());

    Bytes written;
    for (const auto& value : *values) {
        append_amf0(written, value);
    }

    EXPECT_EQ(written, from_hex(kConnect));
}

TEST(Amf0, RoundTripsEveryType) {
    const AmfValue value{AmfStrictArray{{AmfNull{}, AmfUndefined{}, -1.5, true, false, "",
                                         std::string(70'000, 'x'), AmfDate{.since_epoch_ms = 1e12},
                                         AmfObject{{{"a", 1.0}, {"b", AmfObject{}}}},
                                         AmfEcmaArray{{{"duration", 0.0}}}, AmfStrictArray{}}}};

    Bytes written;
    append_amf0(written, value);
    const auto read = decode_amf0(written);

    ASSERT_TRUE(read.has_value()) << read.error().message();
    ASSERT_EQ(read->size(), 1U);
    EXPECT_EQ(read->front(), value);
}

TEST(Amf0, ReadsWhatItNeverWrites) {
    // XML document, unsupported, reference, typed object "C" {n: 0}, ECMA array with a wrong count
    const auto values = decode_amf0(
        from_hex("0f 00 00 00 01 61  0d  07 00 01  10 00 01 43 00 01 6e 00 00 00 00 00 00 00 00 00 "
                 "00 00 09  08 00 00 00 63 00 01 61 05 00 00 09"));

    ASSERT_TRUE(values.has_value()) << values.error().message();
    ASSERT_EQ(values->size(), 5U);
    EXPECT_EQ((*values)[0], AmfValue{"a"});
    EXPECT_EQ((*values)[1], AmfValue{AmfUndefined{}});
    EXPECT_EQ((*values)[2], AmfValue{AmfUndefined{}});
    EXPECT_EQ((*values)[3], AmfValue(AmfObject{{{"n", 0.0}}}));
    EXPECT_EQ((*values)[4], AmfValue(AmfEcmaArray{{{"a", AmfNull{}}}}));
}

TEST(Amf0, TakesOneValueAtATime) {
    const Bytes bytes = from_hex("02 00 01 61 05");
    ByteView rest{bytes};

    ASSERT_EQ(*take_amf0(rest), AmfValue{"a"});
    EXPECT_EQ(rest.size(), 1U);
    ASSERT_EQ(*take_amf0(rest), AmfValue{AmfNull{}});
    EXPECT_FALSE(take_amf0(rest).has_value());
}

struct Broken {
    std::string_view name;
    std::string_view hex;
    std::string_view message;

    friend void PrintTo(const Broken& input, std::ostream* out) { *out << input.name; }
};

class Amf0Rejects : public testing::TestWithParam<Broken> {};

TEST_P(Amf0Rejects, WithAReason) {
    const auto values = decode_amf0(from_hex(GetParam().hex));

    ASSERT_FALSE(values.has_value());
    EXPECT_EQ(values.error().code(), ErrorCode::kProtocol);
    EXPECT_EQ(values.error().message(), GetParam().message);
}

constexpr std::string_view kCut = "AMF0 value cut short";

INSTANTIATE_TEST_SUITE_P(
    All, Amf0Rejects,
    testing::Values(
        Broken{"Number", "00 3f f0 00", kCut}, Broken{"Boolean", "01", kCut},
        Broken{"String", "02 00 05 61 62", kCut}, Broken{"StringLength", "02 00", kCut},
        Broken{"LongString", "0c ff ff ff ff 61", kCut},
        Broken{"OpenObject", "03 00 01 61 05", kCut}, Broken{"ObjectWithoutEnd", "03 00 00", kCut},
        Broken{"Date", "0b 00 00 00 00 00 00 00 00 00", kCut},
        Broken{"StrictArray", "0a ff ff ff ff 05", kCut}, Broken{"EcmaArray", "08 00 00", kCut},
        Broken{"Reference", "07 00", kCut}, Broken{"TypedObject", "10 00 04 61", kCut},
        Broken{"LoneObjectEnd", "09", "AMF0 type 0x09"}, Broken{"Amf3", "11 0a", "AMF0 type 0x11"},
        Broken{"Movieclip", "04", "AMF0 type 0x04"}),
    [](const auto& input) { return std::string{input.param.name}; });

TEST(Amf0, RefusesToNestTooDeep) {
    Bytes nested;
    for (int i = 0; i < 17; ++i) {
        append_bytes(nested, from_hex("0a 00 00 00 01"));
    }
    nested.push_back(0x05);

    const auto values = decode_amf0(nested);

    ASSERT_FALSE(values.has_value());
    EXPECT_EQ(values.error().message(), "AMF0 nested deeper than 16");
    EXPECT_TRUE(decode_amf0(nested, {.depth = 18, .values = 100}).has_value());
}

TEST(Amf0, RefusesTooManyValues) {
    const Bytes nulls(4097, 0x05);

    const auto values = decode_amf0(nulls);

    ASSERT_FALSE(values.has_value());
    EXPECT_EQ(values.error().message(), "AMF0 of more than 4096 values");
}

}  // namespace
}  // namespace livedub::wire
