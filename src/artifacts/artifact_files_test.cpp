// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "artifacts/artifact_files.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "clips/clip.hpp"
#include "clips/test_sound.hpp"
#include "files/test_directory.hpp"

namespace livedub::artifacts {
namespace {

namespace fs = std::filesystem;
using files::get_file;
using files::put_file;
using files::TestDirectory;
using std::chrono::hours;
using std::chrono::milliseconds;

Artifact make_artifact() {
    const auto sound = clips::make_test_sound({.sample_rate_hz = 16'000, .channels = 1}, 8'000);
    return {.stream_id = "live",
            .fragment_id = "f-1",
            .status = "partial",
            .original = sound,
            .dubbed = std::make_shared<const std::string>(
                *clips::encode_clip(sound, clips::ClipFormat::kM4a)),
            .transcript = "good evening",
            .translation = "buenas noches",
            .processing_time = milliseconds{1'234},
            .timings = {.recognise = milliseconds{1},
                        .translate = milliseconds{2},
                        .synthesise = milliseconds{3}},
            .time = std::chrono::system_clock::time_point{milliseconds{1'700'000'000'005}},
            .error = ArtifactError{
                .stage = "tts", .code = "X", .message = "too long", .is_retryable = true}};
}

struct NameCase {
    std::string id;
    std::string name;
};

class SafeName : public testing::TestWithParam<NameCase> {};

TEST_P(SafeName, StaysInItsDirectory) {
    EXPECT_EQ(safe_name(GetParam().id), GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(
    All, SafeName,
    testing::Values(NameCase{"a-B_9.x", "a-B_9.x"}, NameCase{"", "_"}, NameCase{".", "_."},
                    NameCase{"..", "_.."}, NameCase{"../etc/passwd", ".._etc_passwd"},
                    NameCase{"a b/c\\d", "a_b_c_d"}, NameCase{std::string{"x\0y", 3}, "x_y"},
                    NameCase{"\xc3\xa4", "__"},
                    NameCase{std::string(300, 'a'), std::string(128, 'a')},
                    NameCase{std::string(300, '.'), "_" + std::string(127, '.')}));

TEST(WriteArtifact, WritesFiveFilesAndNoOther) {
    const TestDirectory dir;

    ASSERT_TRUE(write_artifact(dir.path(), make_artifact(), {}).has_value());

    const auto place = dir.path() / "live" / "f-1";
    EXPECT_EQ(std::distance(fs::directory_iterator{place}, {}), 5);
    EXPECT_EQ(get_file(place / "transcript.txt"), "good evening");
    EXPECT_EQ(get_file(place / "translation.txt"), "buenas noches");
    for (const auto* const name : {"original_audio.m4a", "dubbed_audio.m4a"}) {
        const auto bytes = get_file(place / name);
        EXPECT_EQ(clips::sniff_clip(bytes), clips::ClipFormat::kM4a);
        EXPECT_EQ(clips::decode_clip(bytes, {})->sound.frames(), 8'000U);
    }
    const auto json = nlohmann::json::parse(get_file(place / "metadata.json"));
    EXPECT_EQ(json, nlohmann::json::parse(R"({
        "fragment_id": "f-1", "stream_id": "live", "status": "partial",
        "processing_time_ms": 1234,
        "stage_timings": {"asr_ms": 1, "translation_ms": 2, "tts_ms": 3},
        "timestamp": "2023-11-14T22:13:20.005Z",
        "asset_lineage": {"transcript_asset_id": "transcript-f-1",
                          "translation_asset_id": "translation-f-1",
                          "audio_asset_id": "audio-dubbed-f-1"},
        "error": {"stage": "tts", "code": "X", "message": "too long", "retryable": true}})"));
}

TEST(WriteArtifact, WhatIsNotThereHasNoFile) {
    const TestDirectory dir;
    Artifact artifact;
    artifact.stream_id = "..";
    artifact.fragment_id = "\xff/x";

    ASSERT_TRUE(write_artifact(dir.path(), artifact, {}).has_value());

    const auto place = dir.path() / "_.." / "__x";
    EXPECT_EQ(std::distance(fs::directory_iterator{place}, {}), 1);
    EXPECT_FALSE(nlohmann::json::parse(get_file(place / "metadata.json")).contains("error"));
}

TEST(WriteArtifact, OneFileThatFailsCostsNoOther) {
    const TestDirectory dir;
    auto artifact = make_artifact();
    artifact.original = std::make_shared<const std::string>("no sound");

    const auto written = write_artifact(dir.path(), artifact, {});

    ASSERT_FALSE(written.has_value());
    EXPECT_NE(written.error().message().find("original_audio.m4a"), std::string::npos);
    EXPECT_EQ(std::distance(fs::directory_iterator{dir.path() / "live" / "f-1"}, {}), 4);
}

class ArtifactRetention : public testing::Test {
  protected:
    fs::path put(const std::string& stream, const std::string& fragment, hours age) {
        const auto place = dir_.path() / stream / fragment;
        put_file(place / "metadata.json", "{}");
        put_file(place / "transcript.txt", "x");
        fs::last_write_time(place, now_ - age);
        return place;
    }

    TestDirectory dir_;
    const fs::file_time_type now_ = fs::file_time_type::clock::now();
};

TEST_F(ArtifactRetention, TooOldGoes) {
    const auto old = put("a", "1", hours{25});
    const auto young = put("b", "1", hours{23});

    apply_retention(dir_.path(), {.longest_kept = hours{24}, .most_fragments = 0}, now_);

    EXPECT_FALSE(fs::exists(old.parent_path()));
    EXPECT_TRUE(fs::exists(young));
}

TEST_F(ArtifactRetention, TooManyGoOldestFirstOverAllStreams) {
    const auto first = put("a", "1", hours{4});
    const auto second = put("b", "1", hours{3});
    const auto third = put("a", "2", hours{2});

    apply_retention(dir_.path(), {.longest_kept = hours{0}, .most_fragments = 2}, now_);

    EXPECT_FALSE(fs::exists(first));
    EXPECT_TRUE(fs::exists(second));
    EXPECT_TRUE(fs::exists(third));
}

TEST_F(ArtifactRetention, StrangersStay) {
    const auto place = put("a", "1", hours{25});
    put_file(place / "notes.txt", "mine");
    fs::last_write_time(place, now_ - hours{25});

    apply_retention(dir_.path(), {}, now_);

    EXPECT_TRUE(fs::exists(place / "notes.txt"));
    EXPECT_FALSE(fs::exists(place / "metadata.json"));
}

}  // namespace
}  // namespace livedub::artifacts
