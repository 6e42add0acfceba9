// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/online/speech_api.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "clips/clip.hpp"

namespace livedub::online {
namespace {

using nlohmann::json;

SpokenText text(Voice voice = {}, double speed = 1.0) {
    return {.text = "¡Qué gol!", .language = "es-MX", .voice = std::move(voice), .speed = speed};
}

std::string header(const http::FetchRequest& request, const std::string& name) {
    const auto found =
        std::ranges::find(request.headers, name, [](const auto& header) { return header.first; });
    return found == request.headers.end() ? "" : found->second;
}

SpeechApi openai() {
    return openai_speech_api(
        {.url = "http://tts/v1/", .key = "secret", .model = "tts-1", .voice = "alloy"});
}

SpeechApi elevenlabs() {
    return elevenlabs_api({.key = "secret", .model = "eleven_flash_v2_5", .voice = "usual"});
}

TEST(OpenAiSpeech, AsksAsItsReferenceSays) {
    const auto request = openai().ask(text()).value();

    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "http://tts/v1/audio/speech");
    EXPECT_EQ(header(request, "Authorization"), "Bearer secret");
    EXPECT_EQ(header(request, "Content-Type"), "application/json");
    EXPECT_EQ(json::parse(request.body), json({{"model", "tts-1"},
                                               {"voice", "alloy"},
                                               {"input", "¡Qué gol!"},
                                               {"response_format", "wav"}}));
}

TEST(OpenAiSpeech, PrefersWhatTheVoiceSays) {
    const auto body = json::parse(
        openai().ask(text({.id = "nova", .model = "tts-1-hd", .speed = 1.1}, 1.5)).value().body);

    EXPECT_EQ(body["voice"], "nova");
    EXPECT_EQ(body["model"], "tts-1-hd");
    EXPECT_DOUBLE_EQ(body["speed"].get<double>(), 1.65);
}

TEST(OpenAiSpeech, KeepsTheSpeedWithinWhatIsAllowed) {
    EXPECT_EQ(json::parse(openai().ask(text({}, 9.0)).value().body)["speed"], 4.0);
    EXPECT_EQ(json::parse(openai().ask(text({}, 0.1)).value().body)["speed"], 0.25);
}

TEST(OpenAiSpeech, NeedsAVoiceAndNoKey) {
    const auto api = openai_speech_api({.url = "http://tts/v1", .model = "m"});

    EXPECT_EQ(api.ask(text()).error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(header(api.ask(text({.id = "v"})).value(), "Authorization"), "");
}

TEST(ElevenLabsApi, AsksAsItsReferenceSays) {
    const auto request = elevenlabs().ask(text()).value();

    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url,
              "https://api.elevenlabs.io/v1/text-to-speech/usual/stream?output_format=pcm_24000");
    EXPECT_EQ(header(request, "xi-api-key"), "secret");
    EXPECT_EQ(
        json::parse(request.body),
        json({{"text", "¡Qué gol!"}, {"model_id", "eleven_flash_v2_5"}, {"language_code", "es"}}));
}

TEST(ElevenLabsApi, TellsTheLanguageOnlyToModelsThatTakeIt) {
    const auto request =
        elevenlabs().ask(text({.id = "a/b", .model = "eleven_multilingual_v2"}, 1.5)).value();
    const auto body = json::parse(request.body);

    EXPECT_NE(request.url.find("/v1/text-to-speech/a%2Fb/stream?"), std::string::npos);
    EXPECT_FALSE(body.contains("language_code"));
    EXPECT_EQ(body["voice_settings"], json({{"speed", 1.2}}));
}

TEST(ElevenLabsApi, NeedsAVoice) {
    EXPECT_EQ(elevenlabs_api({.key = "k", .model = "m"}).ask(text()).error().code(),
              ErrorCode::kInvalidArgument);
}

TEST(ElevenLabsApi, KnowsWhichLanguagesAModelSpeaks) {
    const auto models = [](std::string body, int status = 200) {
        return http::FetchedPage{.status = status, .body = std::move(body)};
    };
    const auto list = R"([{"model_id": "other", "languages": [{"language_id": "fi"}]},
                          {"model_id": "m", "languages": [{"language_id": "en"}, {"language_id": "pt-br"}, 5]}])";

    EXPECT_TRUE(speaks_language(models(list), "m", "en-GB"));
    EXPECT_TRUE(speaks_language(models(list), "m", "pt"));
    EXPECT_FALSE(speaks_language(models(list), "m", "fi"));
    // Not knowable:
    EXPECT_TRUE(speaks_language(models(list), "newer", "fi"));
    EXPECT_TRUE(speaks_language(models(list, 401), "m", "fi"));
    EXPECT_TRUE(speaks_language(models("no"), "m", "fi"));
    EXPECT_TRUE(speaks_language(models(R"([5, {"model_id": "m"}])"), "m", "fi"));
}

TEST(CoquiApi, AsksAsItsServerWants) {
    const auto request =
        coqui_api("http://coqui:5002/").ask(text({.id = "x", .speaker = "Ana María"})).value();

    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.url,
              "http://coqui:5002/api/tts?text=%C2%A1Qu%C3%A9%20gol%21&speaker_id=Ana%20Mar%C3%ADa"
              "&language_id=es");
    EXPECT_EQ(coqui_api("http://coqui/api/tts/").ask(text()).value().url,
              "http://coqui/api/tts?text=%C2%A1Qu%C3%A9%20gol%21&speaker_id=&language_id=es");
}

/// A tenth of a second that is heard, between two that are not.
PcmChunk sound(int channels, std::int16_t level = 8'000) {
    constexpr std::size_t kTenth = 2'400;
    std::vector<std::int16_t> samples(3 * kTenth * static_cast<std::size_t>(channels));
    std::fill_n(samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 3),
                samples.size() / 3, level);
    return PcmChunk::make({}, {.sample_rate_hz = 24'000, .channels = channels}, samples).value();
}

std::string wav(int channels, std::int16_t level = 8'000) {
    return clips::encode_clip(sound(channels, level), clips::ClipFormat::kWav).value();
}

std::string raw(std::int16_t level = 8'000) {
    return clips::encode_clip(sound(1, level), clips::ClipFormat::kPcmS16).value();
}

http::FetchedPage page(std::string body, std::string type = "audio/wav", int status = 200) {
    return {.status = status, .content_type = std::move(type), .body = std::move(body)};
}

TEST(ReadSpeech, GivesWhatIsHeardAsMono) {
    for (const int channels : {1, 2}) {
        const auto speech = read_speech(page(wav(channels)), openai()).value();

        EXPECT_EQ(speech.format(), (PcmFormat{.sample_rate_hz = 24'000, .channels = 1}));
        EXPECT_EQ(speech.frames(), 2'400U + 2U * 240U);
        EXPECT_NEAR(speech.samples()[speech.frames() / 2], 8'000, 1);
    }
}

TEST(ReadSpeech, TakesBareSamplesWhereTheServiceSendsThem) {
    const auto speech = read_speech(page(raw(), "audio/pcm"), elevenlabs()).value();

    EXPECT_EQ(speech.format().sample_rate_hz, 24'000);
    EXPECT_EQ(speech.frames(), 2'400U + 2U * 240U);
}

TEST(ReadSpeech, TakesAFileThatWasWrittenBeforeItsLengthWasKnown) {
    auto streamed = wav(1);
    const auto data = streamed.find("data");
    streamed.replace(data + 4, 4, "\xFF\xFF\xFF\xFF");
    streamed.replace(4, 4, "\xFF\xFF\xFF\xFF");

    EXPECT_EQ(read_speech(page(streamed), openai()).value().frames(), 2'400U + 2U * 240U);
}

TEST(ReadSpeech, GoesByTheContentWhateverItIsCalled) {
    const auto adts = clips::encode_clip(sound(1), clips::ClipFormat::kAdts).value();

    for (const auto& api : {openai(), elevenlabs()}) {
        for (const auto& body : {adts, wav(1)}) {
            for (const auto* const type : {"audio/mpeg", "text/plain", "application/json", ""}) {
                const auto speech = read_speech(page(body, type), api);

                ASSERT_TRUE(speech.has_value()) << speech.error().message();
                EXPECT_EQ(speech->format(), (PcmFormat{.sample_rate_hz = 24'000, .channels = 1}));
                EXPECT_NEAR(static_cast<double>(speech->frames()), 2'880, 2'100);
            }
        }
    }
}

TEST(ReadSpeech, TakesTheBeginningThatWasEnough) {
    auto beginning = page(raw().substr(0, 9'001), "audio/pcm");
    beginning.is_whole = false;

    EXPECT_EQ(read_speech(beginning, elevenlabs()).value().frames(), 2'100U + 240U);
}

/// How many of the bytes are there when it is enough; all of them and one more when it never is.
std::size_t enough_at(std::string_view body, double longest_s, int raw_rate_hz) {
    constexpr std::size_t kPiece = 1'001;
    EnoughSpeech is_enough{
        std::chrono::ceil<StreamDuration>(std::chrono::duration<double>{longest_s}), raw_rate_hz};
    auto so_far = page("", "audio/wav");
    for (std::size_t at = 0; at < body.size(); at += kPiece) {
        so_far.body += body.substr(at, kPiece);
        if (is_enough(so_far)) {
            return so_far.body.size();
        }
    }
    return body.size() + 1;
}

constexpr std::size_t kSecond = 48'000;  // bytes of 24 kHz, 16 bit, mono

/// Two seconds of silence, eight of sound.
std::string long_sound(clips::ClipFormat format) {
    std::vector<std::int16_t> samples(10 * kSecond / 2);
    std::fill(samples.begin() + kSecond, samples.end(), std::int16_t{8'000});
    return clips::encode_clip(
               PcmChunk::make({}, {.sample_rate_hz = 24'000, .channels = 1}, std::move(samples))
                   .value(),
               format)
        .value();
}

TEST(EnoughSpeech, CountsWhatIsHeard) {
    const auto samples = long_sound(clips::ClipFormat::kPcmS16);
    const auto file = long_sound(clips::ClipFormat::kWav);

    for (const double longest_s : {1.0, 3.0, 7.0}) {
        const auto least = static_cast<double>(kSecond) * (2.0 + longest_s);
        for (const auto size :
             {enough_at(samples, longest_s, 24'000), enough_at(file, longest_s, 0)}) {
            EXPECT_GE(static_cast<double>(size), least) << longest_s;
            EXPECT_LE(static_cast<double>(size), least * 1.6) << longest_s;
        }
    }
    EXPECT_EQ(enough_at(samples, 8.1, 24'000), samples.size() + 1);
    EXPECT_EQ(enough_at(file, 8.1, 0), file.size() + 1);
}

TEST(EnoughSpeech, KnowsItOfCodedSoundToo) {
    const auto adts = long_sound(clips::ClipFormat::kAdts);

    EXPECT_LE(enough_at(adts, 2.0, 0), adts.size() * 9 / 10);
    EXPECT_EQ(enough_at(adts, 9.0, 0), adts.size() + 1);
}

TEST(EnoughSpeech, HasNeverEnoughOfWhatIsNoSpeech) {
    EXPECT_EQ(enough_at(std::string(100'000, 'x'), 0.1, 0), 100'001U);
    EXPECT_EQ(enough_at(std::string(100'000, '\0'), 0.1, 24'000), 100'001U);
    auto refusal = page(long_sound(clips::ClipFormat::kWav), "audio/wav", 500);

    EXPECT_FALSE((EnoughSpeech{std::chrono::milliseconds{1}, 0})(refusal));
}

struct BadAnswer {
    std::string name;
    http::FetchedPage page;
    std::string message;
    ErrorCode code = ErrorCode::kInternal;
    bool is_raw = false;

    friend void PrintTo(const BadAnswer& bad, std::ostream* out) { *out << bad.name; }
};

class ReadSpeechRefuses : public testing::TestWithParam<BadAnswer> {};

TEST_P(ReadSpeechRefuses, WithAReason) {
    const auto& bad = GetParam();

    const auto speech = read_speech(bad.page, bad.is_raw ? elevenlabs() : openai());

    ASSERT_FALSE(speech.has_value());
    EXPECT_EQ(speech.error().code(), bad.code);
    EXPECT_EQ(speech.error().message(), bad.message);
}

INSTANTIATE_TEST_SUITE_P(
    All, ReadSpeechRefuses,
    testing::Values(
        BadAnswer{"Empty", page(""), "openai-compatible: the answer is empty"},
        BadAnswer{"Json", page(R"({"error": "no"})", "application/json"),
                  "openai-compatible: the answer is application/json, no sound"},
        BadAnswer{"Page", page("<html>", "text/html; charset=utf-8"),
                  "openai-compatible: the answer is text/html; charset=utf-8, no sound"},
        BadAnswer{"Text", page("no, not today", "audio/wav"),
                  "openai-compatible: the answer is text, no sound"},
        BadAnswer{"TextForSamples", page("no, not today", "audio/pcm"),
                  "elevenlabs: the answer is text, no sound", ErrorCode::kInternal, true},
        BadAnswer{"Unknown", page("ID3\x04", "audio/mpeg"),
                  "openai-compatible: the answer, 4 bytes of \"audio/mpeg\", is none of WAV, MP3, "
                  "AAC, M4A, Ogg and FLAC"},
        BadAnswer{"HeaderAlone", page(wav(1).substr(0, 40)), "openai-compatible: wav: cut short"},
        BadAnswer{"CutShort", page(wav(1).substr(0, 9'000)), "openai-compatible: wav: cut short"},
        BadAnswer{"MinutesOfSamples", page(std::string(121 * kSecond, '\x11'), "audio/pcm"),
                  "elevenlabs: 120 s of speech or more", ErrorCode::kInternal, true},
        BadAnswer{"Silent", page(wav(1, 0)), "openai-compatible: the answer is silent"},
        BadAnswer{"HalfASample", page(raw().substr(1), "audio/pcm"),
                  "elevenlabs: the sound is cut short", ErrorCode::kInternal, true},
        BadAnswer{"SilentSamples", page(raw(0), "audio/pcm"), "elevenlabs: the answer is silent",
                  ErrorCode::kInternal, true},
        BadAnswer{"Limit", page(R"({"error": {"message": "Slow down"}})", "application/json", 429),
                  "RATE_LIMIT_EXCEEDED: openai-compatible: HTTP 429: Slow down",
                  ErrorCode::kExhausted},
        BadAnswer{"Key",
                  page(R"({"detail": {"status": "invalid_api_key", "message": "Invalid API key"}})",
                       "application/json", 401),
                  "elevenlabs: HTTP 401: Invalid API key", ErrorCode::kInternal, true},
        BadAnswer{"Away", page("", "text/html", 502), "openai-compatible: HTTP 502",
                  ErrorCode::kUnavailable}),
    [](const auto& bad) { return bad.param.name; });

}  // namespace
}  // namespace livedub::online
