// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <gtest/gtest.h>

#include "contract/bad_message.hpp"
#include "contract/fragment_messages.hpp"
#include "contract/golden.hpp"

namespace livedub::contract {
namespace {

constexpr bool kBinary = true;
constexpr bool kTextOnly = false;

const std::string kHead = R"("fragment_id":"f","stream_id":"s","sequence_number":3,"timestamp":9)";
const std::string kLabels = R"("sample_rate_hz":44100,"channels":2,"duration_ms":6000)";

/// A nested fragment with this as its audio object, and this beside it.
std::string with_audio(const std::string& audio, const std::string& rest = "") {
    return "{" + kHead + R"(,"audio":{)" + audio + "}" + rest + "}";
}

tl::expected<FragmentData, FragmentViolation> parse(const std::string& json) {
    return parse_fragment_data(json, {}, StreamInit{}, kTextOnly);
}

TEST(FragmentData, ReadsTheNestedShape) {
    const auto fragment =
        parse(with_audio(R"("format":"adts","data_base64":"AAEC",)" + kLabels,
                         R"(,"metadata":{"pts_ns":-5,"source_pts_ns":7,"who":["a"]},"unknown":1)"));

    ASSERT_TRUE(fragment.has_value()) << fragment.error().violation.message;
    EXPECT_EQ(fragment->fragment_id, "f");
    EXPECT_EQ(fragment->stream_id, "s");
    EXPECT_EQ(fragment->sequence_number, 3);
    EXPECT_EQ(fragment->timestamp, 9);
    EXPECT_EQ(fragment->audio.format, "adts");
    EXPECT_EQ(fragment->audio.sample_rate_hz, 44'100);
    EXPECT_EQ(fragment->audio.channels, 2);
    EXPECT_EQ(fragment->audio.duration_ms, 6'000);
    EXPECT_EQ(fragment->audio.data, "AAEC");
    EXPECT_FALSE(fragment->audio.is_binary);
    EXPECT_EQ(fragment->metadata, R"({"pts_ns":-5,"source_pts_ns":7,"who":["a"]})");
    EXPECT_EQ(fragment->pts_ns, -5);
}

TEST(FragmentData, LeavesBadBase64ToTheWorker) {
    const auto fragment = parse(with_audio(R"("data_base64":"not base64!",)" + kLabels));

    ASSERT_TRUE(fragment.has_value());
    EXPECT_EQ(fragment->audio.data, "not base64!");
    EXPECT_EQ(fragment->audio.format, "m4a");
    EXPECT_EQ(fragment->metadata, "");
    EXPECT_EQ(fragment->pts_ns, std::nullopt);
}

TEST(FragmentData, KnowsLongSoundThatIsBase64) {
    const std::string letters(4'000, 'A');
    const auto is_proven = [](const std::string& sound) {
        const auto fragment = parse(with_audio(R"("data_base64":")" + sound + "\"," + kLabels));
        return fragment.has_value() && fragment->audio.data == sound &&
               fragment->audio.is_proven_base64;
    };
    EXPECT_TRUE(is_proven(letters));
    EXPECT_FALSE(is_proven(letters + "!"));
}

TEST(FragmentData, ReadsTheFlatShapeWithTheDefaultsOfTheInit) {
    const StreamInit init{.stream_id = "mine",
                          .chunk_duration_ms = 500,
                          .sample_rate_hz = 16'000,
                          .channels = 2,
                          .format = "pcm_f32le"};

    const auto fragment = parse_fragment_data(
        R"({"fragment_id":"f","sequence_number":0,"timestamp":0,"audio":"AAAA",
            "metadata":{"source_pts_ns":12}})",
        {}, init, kTextOnly);

    ASSERT_TRUE(fragment.has_value()) << fragment.error().violation.message;
    EXPECT_EQ(fragment->stream_id, "mine");
    EXPECT_EQ(fragment->audio.data, "AAAA");
    EXPECT_EQ(fragment->audio.format, "pcm_f32le");
    EXPECT_EQ(fragment->audio.sample_rate_hz, 16'000);
    EXPECT_EQ(fragment->audio.channels, 2);
    EXPECT_EQ(fragment->audio.duration_ms, 500);
    EXPECT_EQ(fragment->pts_ns, 12);
}

TEST(FragmentData, ReadsTheLabelsOfTheFlatShape) {
    const auto fragment = parse("{" + kHead +
                                R"(,"audio":"","sample_rate":8000,"channels":1,"format":"wav",
                                    "duration_ms":40})");

    ASSERT_TRUE(fragment.has_value()) << fragment.error().violation.message;
    EXPECT_EQ(fragment->audio.format, "wav");
    EXPECT_EQ(fragment->audio.sample_rate_hz, 8'000);
    EXPECT_EQ(fragment->audio.channels, 1);
    EXPECT_EQ(fragment->audio.duration_ms, 40);
}

TEST(FragmentData, TakesTheBytesOfItsAttachment) {
    std::vector<std::string> attachments{"other", std::string("\0\xFF", 2)};

    const auto fragment =
        parse_fragment_data(with_audio(R"("data":{"_placeholder":true,"num":1},)" + kLabels),
                            attachments, StreamInit{}, kBinary);

    ASSERT_TRUE(fragment.has_value()) << fragment.error().violation.message;
    EXPECT_TRUE(fragment->audio.is_binary);
    EXPECT_EQ(fragment->audio.data, std::string("\0\xFF", 2));
}

TEST(FragmentData, TakesBase64InABinarySessionToo) {
    const auto fragment = parse_fragment_data(with_audio(R"("data_base64":"AA==",)" + kLabels), {},
                                              StreamInit{}, kBinary);

    ASSERT_TRUE(fragment.has_value());
    EXPECT_FALSE(fragment->audio.is_binary);
}

struct BadAttachment {
    const char* name;
    const char* data;
    bool may_be_binary;
    const char* message;
};

void PrintTo(const BadAttachment& row, std::ostream* out) {
    *out << row.name;
}

class FragmentAttachmentIsRefused : public testing::TestWithParam<BadAttachment> {};

TEST_P(FragmentAttachmentIsRefused, AndKeepsTheSlot) {
    std::vector<std::string> attachments{"bytes"};

    const auto fragment = parse_fragment_data(with_audio(GetParam().data + ("," + kLabels)),
                                              attachments, StreamInit{}, GetParam().may_be_binary);

    ASSERT_FALSE(fragment.has_value());
    EXPECT_EQ(fragment.error().violation.code, "MALFORMED_DATA");
    EXPECT_EQ(fragment.error().violation.message, GetParam().message);
    EXPECT_EQ(fragment.error().fragment_id, "f");
    EXPECT_EQ(fragment.error().sequence_number, 3);
}

constexpr const char* kNotGranted =
    "audio.data is an attachment; it must be base64 text in a session without config.binary";

INSTANTIATE_TEST_SUITE_P(
    Attachments, FragmentAttachmentIsRefused,
    testing::Values(
        BadAttachment{"NotGranted", R"("data":{"_placeholder":true,"num":0})", false, kNotGranted},
        BadAttachment{"NotGrantedBesideText", R"("data_base64":"AAAA")", false, kNotGranted},
        BadAttachment{"NoSuch", R"("data":{"_placeholder":true,"num":1})", true,
                      "audio.data names no attachment; there are 1"},
        BadAttachment{"Negative", R"("data":{"_placeholder":true,"num":-1})", true,
                      "audio.data names no attachment; there are 1"},
        BadAttachment{"NoNumber", R"("data":{"_placeholder":true})", true,
                      "audio.data names no attachment; there are 1"},
        BadAttachment{"NoPlaceholder", R"("data":{"num":0})", true,
                      "audio.data_base64 is missing; it must be a string"}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST(FragmentData, RefusesAudioAboveTenMebibytes) {
    const auto json = [](std::size_t size) {
        return with_audio(kLabels + R"(,"data_base64":")" + std::string(size, 'A') + '"');
    };

    EXPECT_TRUE(parse(json(kMostAudioBase64)).has_value());
    const auto fragment = parse(json(kMostAudioBase64 + 1));
    ASSERT_FALSE(fragment.has_value());
    EXPECT_EQ(line_of(fragment.error().violation),
              "FRAGMENT_TOO_LARGE audio.data_base64: audio.data_base64 has 13981018 characters of "
              "base64; it must have at most 13981017");
    EXPECT_EQ(fragment.error().fragment_id, "f");
    EXPECT_EQ(fragment.error().sequence_number, 3);

    const auto flat =
        parse("{" + kHead + R"(,"audio":")" + std::string(kMostAudioBase64 + 1, 'A') + "\"}");
    ASSERT_FALSE(flat.has_value());
    EXPECT_EQ(flat.error().violation.code, "FRAGMENT_TOO_LARGE");
    EXPECT_EQ(flat.error().violation.field, "audio");

    std::vector<std::string> attachments{std::string(kMostAudioBytes + 1, 'x')};
    const auto binary =
        parse_fragment_data(with_audio(R"("data":{"_placeholder":true,"num":0},)" + kLabels),
                            attachments, StreamInit{}, kBinary);
    ASSERT_FALSE(binary.has_value());
    EXPECT_EQ(line_of(binary.error().violation),
              "FRAGMENT_TOO_LARGE audio.data: audio.data has 10485761 bytes; it must have at most "
              "10485760");
}

struct BadFragment {
    BadMessage row;
    std::optional<std::string> id = "f";
    std::optional<std::int64_t> number = 3;
};

void PrintTo(const BadFragment& fragment, std::ostream* out) {
    *out << fragment.row.name;
}

class FragmentDataRefuses : public testing::TestWithParam<BadFragment> {};

TEST_P(FragmentDataRefuses, AndSaysWhatIsAllowedAndWhatCouldBeRead) {
    const auto fragment = parse(GetParam().row.json);

    ASSERT_FALSE(fragment.has_value());
    EXPECT_EQ(line_of(fragment.error().violation), line_of(GetParam().row));
    EXPECT_EQ(fragment.error().fragment_id, GetParam().id);
    EXPECT_EQ(fragment.error().sequence_number, GetParam().number);
}

/// A whole fragment in which one field at the top has another value; empty: is not there.
std::string with_field(const std::string& field, const std::string& value) {
    std::string json = "{";
    for (const auto& [key, good] : std::initializer_list<std::pair<std::string, std::string>>{
             {"fragment_id", R"("f")"},
             {"stream_id", R"("s")"},
             {"sequence_number", "3"},
             {"timestamp", "9"},
             {"audio", "{" + kLabels + R"(,"data_base64":"AAAA"})"},
             {"metadata", "null"}}) {
        const std::string& text = key == field ? value : good;
        if (!text.empty()) {
            json += (json.size() > 1 ? "," : "") + ('"' + key + "\":" + text);
        }
    }
    return json + "}";
}

BadFragment bad_field(const std::string& name, const std::string& field, const std::string& value,
                      const std::string& is, const std::string& must) {
    BadFragment bad{.row = {name, with_field(field, value), field,
                            field + " is " + is + "; it must be " + must}};
    if (field == "fragment_id") {
        bad.id = std::nullopt;
    } else if (field == "sequence_number") {
        bad.number = std::nullopt;
    }
    return bad;
}

const std::string kId = "a string of 1 to 128 characters";
const std::string kCount = "an integer from 0 to 9007199254740991";

INSTANTIATE_TEST_SUITE_P(
    Envelope, FragmentDataRefuses,
    testing::Values(
        BadFragment{
            {"NoJson", "nope", "", "the payload is no valid JSON at byte 2: invalid literal"},
            std::nullopt,
            std::nullopt},
        BadFragment{{"List", "[]", "", "the payload is an array; it must be an object"},
                    std::nullopt,
                    std::nullopt},
        BadFragment{{"Empty", "{}", "fragment_id", "fragment_id is missing; it must be " + kId},
                    std::nullopt,
                    std::nullopt},
        bad_field("NoId", "fragment_id", "", "missing", kId),
        bad_field("EmptyId", "fragment_id", R"("")", R"("")", kId),
        bad_field("NumberAsId", "fragment_id", "1", "1", kId),
        bad_field("LongId", "fragment_id", '"' + std::string(129, 'x') + '"',
                  '"' + std::string(40, 'x') + "...\"", kId),
        bad_field("NoStreamId", "stream_id", "", "missing", "a string of 0 to 128 characters"),
        bad_field("NumberAsStreamId", "stream_id", "1", "1", "a string of 0 to 128 characters"),
        bad_field("NoNumber", "sequence_number", "", "missing", kCount),
        bad_field("NegativeNumber", "sequence_number", "-1", "-1", kCount),
        bad_field("BooleanNumber", "sequence_number", "true", "true", kCount),
        bad_field("TextNumber", "sequence_number", R"("3")", R"("3")", kCount),
        bad_field("HalfNumber", "sequence_number", "0.5", "0.5", kCount),
        bad_field("HugeNumber", "sequence_number", "9007199254740992", "9007199254740992", kCount),
        bad_field("NoTimestamp", "timestamp", "", "missing", kCount),
        bad_field("NegativeTimestamp", "timestamp", "-1", "-1", kCount),
        bad_field("NoAudio", "audio", "", "missing", "an object or base64 text"),
        bad_field("NullAudio", "audio", "null", "missing", "an object or base64 text"),
        bad_field("NumberAsAudio", "audio", "1", "1", "an object or base64 text"),
        bad_field("ListAsAudio", "audio", "[]", "an array", "an object or base64 text"),
        bad_field("Metadata", "metadata", R"("x")", R"("x")", "an object or null"),
        BadFragment{{"Pts", with_field("metadata", R"({"pts_ns":0.5})"), "metadata.pts_ns",
                     "metadata.pts_ns is 0.5; it must be an integer from -9223372036854775808 to "
                     "9223372036854775807"}},
        BadFragment{{"KeyTwice", with_field("metadata", R"({"a":1,"a":2})"), "a",
                     "a is given twice; it must be given once"}}),
    [](const auto& row) { return name_of(row.param.row); });

BadFragment bad_audio(const std::string& name, const std::string& audio, const std::string& field,
                      const std::string& message) {
    return {.row = {name, with_audio(audio), field, field + " " + message}};
}

INSTANTIATE_TEST_SUITE_P(
    Audio, FragmentDataRefuses,
    testing::Values(
        bad_audio("NoRate", R"("channels":1,"duration_ms":0,"data_base64":"")",
                  "audio.sample_rate_hz", "is missing; it must be an integer from 8000 to 96000"),
        bad_audio("LowRate",
                  R"("sample_rate_hz":4000,"channels":1,"duration_ms":0,"data_base64":"")",
                  "audio.sample_rate_hz", "is 4000; it must be an integer from 8000 to 96000"),
        bad_audio("NoChannels", R"("sample_rate_hz":8000,"duration_ms":0,"data_base64":"")",
                  "audio.channels", "is missing; it must be an integer from 1 to 2"),
        bad_audio("ThreeChannels",
                  R"("sample_rate_hz":8000,"channels":3,"duration_ms":0,"data_base64":"")",
                  "audio.channels", "is 3; it must be an integer from 1 to 2"),
        bad_audio("NoDuration", R"("sample_rate_hz":8000,"channels":1,"data_base64":"")",
                  "audio.duration_ms", "is missing; it must be an integer from 0 to 60000"),
        bad_audio("LongDuration",
                  R"("sample_rate_hz":8000,"channels":1,"duration_ms":60001,"data_base64":"")",
                  "audio.duration_ms", "is 60001; it must be an integer from 0 to 60000"),
        bad_audio("NoData", kLabels, "audio.data_base64", "is missing; it must be a string"),
        bad_audio("NumberAsData", kLabels + R"(,"data_base64":5)", "audio.data_base64",
                  "is 5; it must be a string"),
        bad_audio("Format", kLabels + R"(,"data_base64":"","format":"opus")", "audio.format",
                  "is \"opus\"; it must be one of m4a, mp4, aac, adts, wav, pcm_s16le, pcm_f32le"),
        BadFragment{{"FlatRate", "{" + kHead + R"(,"audio":"","sample_rate":1})", "sample_rate",
                     "sample_rate is 1; it must be an integer from 8000 to 96000"}},
        BadFragment{{"FlatDuration", "{" + kHead + R"(,"audio":"","duration_ms":-1})",
                     "duration_ms", "duration_ms is -1; it must be an integer from 0 to 60000"}}),
    [](const auto& row) { return name_of(row.param.row); });

FragmentData a_fragment() {
    return {.fragment_id = "f",
            .stream_id = "s",
            .sequence_number = 3,
            .timestamp = 1'700'000'000'000,
            .audio = {.sample_rate_hz = 44'100,
                      .channels = 2,
                      .duration_ms = 6'000,
                      .data = "AAEC/+=="},
            .pts_ns = 18'000'000'000};
}

TEST(FragmentData, IsWrittenWithEveryKey) {
    expect_golden("fragment_data", to_json(a_fragment()).json);

    auto binary = a_fragment();
    binary.audio.is_binary = true;
    binary.audio.data = std::string("\0\x01", 2);
    binary.metadata = R"({"pts_ns":1,"a":"b"})";
    auto message = to_json(std::move(binary));
    expect_golden("fragment_data_binary", message.json);
    EXPECT_EQ(message.attachments, (std::vector<std::string>{std::string("\0\x01", 2)}));
}

TEST(FragmentData, RoundTripsBothWays) {
    for (const bool is_binary : {false, true}) {
        auto sent = a_fragment();
        sent.audio.is_binary = is_binary;
        auto message = to_json(std::move(sent));

        const auto read =
            parse_fragment_data(message.json, message.attachments, StreamInit{}, is_binary);

        ASSERT_TRUE(read.has_value()) << read.error().violation.message;
        EXPECT_EQ(read->audio.data, "AAEC/+==");
        EXPECT_EQ(read->pts_ns, 18'000'000'000);
        EXPECT_EQ(to_json(*read).json, message.json);
    }
}

}  // namespace
}  // namespace livedub::contract
