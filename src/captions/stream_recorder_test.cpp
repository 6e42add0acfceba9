// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "captions/stream_recorder.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "captions/transcript_line.hpp"

namespace livedub::captions {
namespace {

using std::chrono::milliseconds;

DecidedFragment dubbed() {
    DecidedFragment fragment{.stream_id = "demo",
                             .source_language = "en",
                             .target_language = "es",
                             .start = StreamTime{milliseconds{6'000}},
                             .end = StreamTime{milliseconds{12'000}},
                             .reason = std::nullopt,
                             .outcome = {}};
    auto& outcome = fragment.outcome;
    outcome.fragment = 1;
    const StreamTime start{milliseconds{6'250}};
    const StreamTime end{milliseconds{8'000}};
    outcome.transcript = {{.text = "He \"scores\".", .start = start, .end = end}};
    outcome.translation = {{.text = "\xC3\x89l anota.", .start = start, .end = end}};
    outcome.timings = {.recognise = milliseconds{610},
                       .translate = milliseconds{3},
                       .synthesise = milliseconds{21}};
    outcome.total = milliseconds{640};
    outcome.speed_ratio = 1.25;
    return fragment;
}

DecidedFragment original() {
    auto fragment = dubbed();
    fragment.start = StreamTime{milliseconds{12'000}};
    fragment.end = StreamTime{milliseconds{18'000}};
    fragment.reason = FallbackReason::kDeadline;
    fragment.outcome.fragment = 2;
    fragment.outcome.detail = "recognise: the deadline passed";
    fragment.outcome.translation.clear();
    fragment.outcome.transcript[0].start += std::chrono::seconds{6};
    fragment.outcome.transcript[0].end += std::chrono::seconds{6};
    return fragment;
}

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

class StreamRecorderTest : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (std::filesystem::temp_directory_path() / "livedub-XXXXXX").string();
        dir_ = ::mkdtemp(pattern.data());
    }
    void TearDown() override { std::filesystem::remove_all(dir_); }

    std::filesystem::path dir_;
};

TEST(TranscriptLine, HasEveryKey) {
    EXPECT_EQ(to_json_line(dubbed()),
              R"({"fragment":1,"stream_id":"demo","start_ms":6000,"end_ms":12000,"audio":"dubbed",)"
              R"("reason":null,"detail":"","transcript":"He \"scores\".","translation":)"
              "\"\xC3\x89l anota.\","
              R"("transcript_phrases":[{"start_ms":6250,"end_ms":8000,"text":"He \"scores\"."}],)"
              R"("translation_phrases":[{"start_ms":6250,"end_ms":8000,"text":)"
              "\"\xC3\x89l anota.\"}],"
              R"("recognise_ms":610,"translate_ms":3,"synthesise_ms":21,"total_ms":640,)"
              R"("speed_ratio":1.25})");
}

TEST(TranscriptLine, RepairsTextThatIsNotUtf8) {
    auto fragment = dubbed();
    fragment.outcome.translation[0].text =
        "ma\xF1"
        "ana";

    EXPECT_NE(to_json_line(fragment).find("ma\xEF\xBF\xBD"
                                          "ana"),
              std::string::npos);
}

TEST_F(StreamRecorderTest, FilesAreValidFromTheFirstMoment) {
    const auto recorder = StreamRecorder::open(dir_, "demo", "en", "es");

    ASSERT_TRUE(recorder.has_value());
    EXPECT_EQ(content_of(dir_ / "demo.en.vtt"), "WEBVTT\n\n");
    EXPECT_EQ(content_of(dir_ / "demo.es.vtt"), "WEBVTT\n\n");
    EXPECT_EQ(content_of(dir_ / "demo.transcript.jsonl"), "");
}

TEST_F(StreamRecorderTest, EachFragmentIsThereAtOnce) {
    const auto recorder = *StreamRecorder::open(dir_ / "new", "demo", "en", "es");

    recorder->record(dubbed());
    recorder->record(original());

    EXPECT_EQ(content_of(dir_ / "new/demo.en.vtt"),
              "WEBVTT\n\n"
              "00:00:06.250 --> 00:00:08.000\nHe \"scores\".\n\n"
              "00:00:12.250 --> 00:00:14.000\nHe \"scores\".\n\n");
    EXPECT_EQ(content_of(dir_ / "new/demo.es.vtt"),
              "WEBVTT\n\n00:00:06.250 --> 00:00:08.000\n\xC3\x89l anota.\n\n");
    EXPECT_EQ(content_of(dir_ / "new/demo.transcript.jsonl"),
              to_json_line(dubbed()) + "\n" + to_json_line(original()) + "\n");
    EXPECT_FALSE(recorder->has_failed());
}

TEST_F(StreamRecorderTest, WhatWasTranslatedIsShownWhereOnlyTheVoiceIsMissing) {
    const auto recorder = *StreamRecorder::open(dir_, "demo", "en", "es");
    auto unspoken = dubbed();
    unspoken.reason = FallbackReason::kDeadline;
    unspoken.outcome.dub.reset();

    recorder->record(unspoken);

    EXPECT_EQ(content_of(dir_ / "demo.es.vtt"),
              "WEBVTT\n\n00:00:06.250 --> 00:00:08.000\n\xC3\x89l anota.\n\n");
}

TEST_F(StreamRecorderTest, HoldsNoFileOpen) {
    const auto open_files = [] {
        return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
    };
    const auto before = open_files();
    std::vector<std::unique_ptr<StreamRecorder>> recorders;
    for (int n = 0; n < 20; ++n) {
        recorders.push_back(*StreamRecorder::open(dir_, std::to_string(n), "en", "es"));
        recorders.back()->record(dubbed());
    }
    EXPECT_EQ(open_files(), before);
}

TEST_F(StreamRecorderTest, NeverLeavesItsDirectory) {
    for (const auto* const id : {"../demo", "a/b", "", ".", "a.b", "a\nb"}) {
        const auto recorder = StreamRecorder::open(dir_, id, "en", "es");
        ASSERT_FALSE(recorder.has_value()) << id;
        EXPECT_EQ(recorder.error().code(), ErrorCode::kInvalidArgument);
    }
    EXPECT_FALSE(StreamRecorder::open(dir_, "demo", "en", "../es").has_value());
    EXPECT_TRUE(std::filesystem::is_empty(dir_));
}

TEST_F(StreamRecorderTest, SaysWhatItCannotWrite) {
    std::ofstream{dir_ / "file"} << "not a directory";

    const auto recorder = StreamRecorder::open(dir_ / "file", "demo", "en", "es");

    ASSERT_FALSE(recorder.has_value());
    EXPECT_EQ(recorder.error().code(), ErrorCode::kUnavailable);
    EXPECT_NE(recorder.error().message().find("demo.transcript.jsonl"), std::string::npos);
}

TEST_F(StreamRecorderTest, WhatIsThereStaysValidOnAFullDisk) {
    const auto recorder = *StreamRecorder::open(dir_, "demo", "en", "es");
    recorder->record(dubbed());
    const auto whole = content_of(dir_ / "demo.transcript.jsonl");
    const auto captions = content_of(dir_ / "demo.en.vtt");
    // A limit on the size of files fails a write as a full disk does: part of it is there already.
    struct rlimit before {};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    auto* const old_handler = std::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit small { captions.size() + 10, before.rlim_max };
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);

    recorder->record(original());

    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    static_cast<void>(std::signal(SIGXFSZ, old_handler));
    EXPECT_TRUE(recorder->has_failed());
    EXPECT_EQ(content_of(dir_ / "demo.transcript.jsonl"), whole);
    EXPECT_EQ(content_of(dir_ / "demo.en.vtt"), captions);

    recorder->record(original());  // there is room again
    EXPECT_EQ(content_of(dir_ / "demo.transcript.jsonl"), whole + to_json_line(original()) + "\n");
}

}  // namespace
}  // namespace livedub::captions
