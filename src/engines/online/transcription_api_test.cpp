// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/online/transcription_api.hpp"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::online {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr StreamTime kStart{10s};
constexpr StreamDuration kLength = 4s;

Result<std::vector<Phrase>> read(std::string body, int status = 200) {
    return read_transcription({.status = status, .body = std::move(body)}, "asr", kStart, kLength);
}

/// "text begin-end", in milliseconds from the start.
std::vector<std::string> shown(const Result<std::vector<Phrase>>& words) {
    std::vector<std::string> texts;
    for (const auto& word : words.value()) {
        const auto ms = [](StreamTime at) { return (at - kStart) / 1ms; };
        texts.push_back(fmt::format("{} {}-{}", word.text, ms(word.start), ms(word.end)));
    }
    return texts;
}

std::string header(const http::FetchRequest& request, const std::string& name) {
    const auto found =
        std::ranges::find(request.headers, name, [](const auto& header) { return header.first; });
    return found == request.headers.end() ? "" : found->second;
}

TEST(TranscriptionRequest, IsAFormAsTheReferenceSays) {
    const auto request = transcription_request(
        {.url = "http://asr/v1/", .key = "secret", .model = "whisper-1"},
        {.wav = std::string_view{"RIFF\0\xFF", 6}, .language = "en-US", .prompt = "Before."});
    const auto type = header(request, "Content-Type");
    const std::string start = "multipart/form-data; boundary=";

    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "http://asr/v1/audio/transcriptions");
    EXPECT_EQ(header(request, "Authorization"), "Bearer secret");
    ASSERT_TRUE(type.starts_with(start)) << type;
    const auto line = "--" + type.substr(start.size());
    const auto field = [&](const char* name, const char* value) {
        return fmt::format("{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n", line,
                           name, value);
    };
    const auto expected =
        field("model", "whisper-1") + field("language", "en") + field("temperature", "0") +
        field("response_format", "verbose_json") + field("timestamp_granularities[]", "word") +
        field("timestamp_granularities[]", "segment") + field("prompt", "Before.") + line +
        "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"speech.wav\"\r\n"
        "Content-Type: audio/wav\r\n\r\n" +
        std::string{"RIFF\0\xFF", 6} + "\r\n" + line + "--\r\n";
    EXPECT_EQ(request.body, expected);
}

TEST(TranscriptionRequest, LeavesOutWhatIsNotThere) {
    const auto request = transcription_request({.url = "http://asr/v1", .model = "m"},
                                               {.language = "en", .detail = Detail::kText});

    EXPECT_EQ(header(request, "Authorization"), "");
    EXPECT_THAT(request.body, Not(HasSubstr("prompt")));
    EXPECT_THAT(request.body, Not(HasSubstr("timestamp_granularities")));
    EXPECT_THAT(request.body, HasSubstr("\r\n\r\njson\r\n"));
}

TEST(TranscriptionRequest, KnowsARefusalOfTheDetail) {
    EXPECT_TRUE(refuses_detail({.status = 400, .body = "response_format 'verbose_json' is not"}));
    EXPECT_FALSE(refuses_detail({.status = 400, .body = "language"}));
    EXPECT_FALSE(refuses_detail({.status = 500, .body = "response_format"}));
}

TEST(ReadTranscription, TakesTheTimesOfWordsAndTheTextAsItIsWritten) {
    EXPECT_THAT(shown(read(R"({"text": "Good evening.", "words": [
                    {"word": "good", "start": 0.5, "end": 0.8},
                    {"word": "evening", "start": 0.8, "end": 1.25}]})")),
                ElementsAre("Good 500-800", "evening. 800-1250"));
}

TEST(ReadTranscription, FindsWordsWithinSegmentsToo) {
    EXPECT_THAT(shown(read(R"({"text": " One. Two.", "segments": [
                    {"start": 0, "end": 1, "text": " One.",
                     "words": [{"word": " One.", "start": 0.25, "end": 0.5}]},
                    {"start": 1, "end": 2, "text": " Two.",
                     "words": [{"word": " Two.", "start": 1.25, "end": 1.5}]}]})")),
                ElementsAre("One. 250-500", "Two. 1250-1500"));
}

TEST(ReadTranscription, JoinsThePiecesOfWords) {
    EXPECT_THAT(shown(read(R"({"text": " Sensational!", "segments": [
                    {"start": 0, "end": 2, "text": " Sensational, here.",
                     "words": [{"word": " Sens", "start": 0.25, "end": 0.5},
                               {"word": "ational", "start": 0.5, "end": 0.75},
                               {"word": ",", "start": 0.75, "end": 0.7},
                               {"word": " her", "start": 1.25, "end": 1.5},
                               {"word": "e.", "start": 1.5, "end": 1.75}]}]})")),
                ElementsAre("Sensational, 250-750", "here. 1250-1750"));
}

TEST(ReadTranscription, SpreadsWordsOverTheirSegmentWhereNothingElseIsKnown) {
    EXPECT_THAT(shown(read(R"({"text": "aaa bbb", "segments": [
                    {"start": 1.0, "end": 3.0, "text": " aaa bbb"}]})")),
                ElementsAre("aaa 1000-2000", "bbb 2000-3000"));
}

TEST(ReadTranscription, SpreadsAPlainTextOverTheWhole) {
    EXPECT_THAT(shown(read(R"({"text": " aaa bbb\n"})")),
                ElementsAre("aaa 0-2000", "bbb 2000-4000"));
    EXPECT_THAT(shown(read(R"({"text": "aaa", "segments": [], "words": []})")),
                ElementsAre("aaa 0-4000"));
}

TEST(ReadTranscription, DropsWhatWhisperWouldNotBelieve) {
    const auto segment = [](const char* numbers) {
        return shown(read(fmt::format(
            R"({{"text": "Thank you.", "words": [{{"word": "Thank", "start": 0.1, "end": 0.2}}],
                 "segments": [{{"start": 0, "end": 1, "text": "Thank you.", {}}}]}})",
            numbers)));
    };
    EXPECT_THAT(segment(R"("no_speech_prob": 0.7, "avg_logprob": -1.1)"), ElementsAre());
    EXPECT_THAT(segment(R"("compression_ratio": 2.5, "avg_logprob": -0.1)"), ElementsAre());
    EXPECT_EQ(segment(R"("no_speech_prob": 0.7, "avg_logprob": -0.9)").size(), 1U);
    EXPECT_EQ(segment(R"("no_speech_prob": 0.5, "avg_logprob": -1.1)").size(), 1U);
    EXPECT_EQ(segment(R"("compression_ratio": 2.3, "avg_logprob": null)").size(), 1U);
}

TEST(ReadTranscription, DropsOnlyTheSegmentsThatAreBad) {
    EXPECT_THAT(shown(read(R"({"text": "Well done. you you", "words": [
                    {"word": "Well", "start": 0.2, "end": 0.4}, {"word": "done", "start": 0.4, "end": 0.8},
                    {"word": "you", "start": 1.2, "end": 1.4}, {"word": "you", "start": 1.4, "end": 1.8}],
                    "segments": [
                    {"start": 0, "end": 1, "text": " Well done.", "no_speech_prob": 0.1, "avg_logprob": -0.2},
                    {"start": 1, "end": 2, "text": " you you", "compression_ratio": 9}]})")),
                ElementsAre("Well 200-400", "done. 400-800"));
}

TEST(ReadTranscription, KeepsTimesInOrderAndWithinWhatWasSent) {
    EXPECT_THAT(shown(read(R"({"text": "x", "words": [
                    {"word": "late", "start": 3.5, "end": 30.0},
                    {"word": "early", "start": 0.25, "end": 0.5},
                    {"word": "before", "start": -1, "end": 0.5},
                    {"word": "backwards", "start": 2, "end": 1},
                    {"word": "timeless"}, {"word": 7, "start": 0, "end": 1}, 5]})")),
                ElementsAre("early 250-500", "late 3500-4000"));
}

TEST(ReadTranscription, LeavesOutWhatNobodySaid) {
    EXPECT_THAT(shown(read(R"({"text": " [BLANK_AUDIO]"})")), ElementsAre());
    EXPECT_EQ(
        shown(read(R"({"text": "(crowd cheering loudly) Goal! \u266a [Music] Yes."})")).size(), 2U);
    // Times that whisper.cpp does not know.
    EXPECT_THAT(shown(read(R"({"text": " aaa", "segments": [{"start": 1, "end": 2, "text": " aaa",
                               "words": [{"word": " aaa", "start": -0.01, "end": -0.01}]}]})")),
                ElementsAre("aaa 1000-2000"));
}

TEST(ReadTranscription, SilenceIsNoError) {
    EXPECT_THAT(shown(read(R"({"text": "", "segments": [], "words": []})")), ElementsAre());
    EXPECT_THAT(shown(read(R"({"text": " \n"})")), ElementsAre());
}

struct Refusal {
    std::string name;
    int status;
    std::string body;
    ErrorCode code;
    std::string message;

    friend void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }
};

class ReadTranscriptionRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(ReadTranscriptionRefuses, WithAReason) {
    const auto& refusal = GetParam();

    const auto result = read(refusal.body, refusal.status);

    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code(), refusal.code);
    EXPECT_EQ(result.error().message(), refusal.message);
}

INSTANTIATE_TEST_SUITE_P(
    All, ReadTranscriptionRefuses,
    testing::Values(
        Refusal{"Limit", 429, R"({"error": {"message": "Slow down"}})", ErrorCode::kExhausted,
                "RATE_LIMIT_EXCEEDED: asr: HTTP 429: Slow down"},
        Refusal{"Broken", 500, "<html>", ErrorCode::kUnavailable, "asr: HTTP 500"},
        Refusal{"Key", 401, R"({"error": "who?"})", ErrorCode::kInternal, "asr: HTTP 401: who?"},
        Refusal{"Language", 400, R"({"detail": "no such language"})", ErrorCode::kInvalidArgument,
                "asr: HTTP 400: no such language"},
        Refusal{"NoJson", 200, "Good evening.", ErrorCode::kInternal,
                "asr: the answer is not a JSON object"},
        Refusal{"NoUtf8", 200, "{\"text\": \"\xFF\"}", ErrorCode::kInternal,
                "asr: the answer is not a JSON object"},
        Refusal{"List", 200, "[]", ErrorCode::kInternal, "asr: the answer is not a JSON object"},
        Refusal{"Empty", 200, "", ErrorCode::kInternal, "asr: the answer is not a JSON object"},
        Refusal{"NoText", 200, R"({"text": null})", ErrorCode::kInternal,
                "asr: the answer has no text"}),
    [](const auto& refusal) { return refusal.param.name; });

TEST(TranscriptionPrompt, HasTheHintsAndTheEndOfWhatWasSaid) {
    EXPECT_EQ(transcription_prompt({}, ""), "");
    EXPECT_EQ(transcription_prompt({"sports", "football"}, ""), "sports, football.");
    EXPECT_EQ(transcription_prompt({"news"}, "Good evening."), "news. Good evening.");

    const auto cut = transcription_prompt({}, std::string(500, 'a') + " end of it");
    EXPECT_EQ(cut, "end of it");
    EXPECT_EQ(transcription_prompt({}, std::string(500, 'a')), "");
}

}  // namespace
}  // namespace livedub::online
