// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How services are asked to speak over HTTP: the speech that OpenAI defined and many servers know,
// ElevenLabs', and that of a Coqui server; and what sound there is in their answers. Pure
// functions; online_synthesizer.hpp does the asking.

#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/client.hpp"
#include "media/pcm_chunk.hpp"
#include "media/stream_time.hpp"

namespace livedub::online {

/// What a voice profile says to services. What is empty it does not say.
struct Voice {
    std::string id;
    std::string model;
    std::string speaker;
    double speed = 1.0;  // times the natural one
};

struct SpokenText {
    std::string text;
    std::string language;  // BCP 47
    Voice voice;
    double speed = 1.0;  // times that of the voice
};

struct SpeechApi {
    std::string name;   // as the settings call it
    std::string model;  // for voices without one; empty where there is no choice
    /// Errors: kInvalidArgument, when no voice is said.
    std::function<Result<http::FetchRequest>(const SpokenText& spoken)> ask;
    int raw_rate_hz =
        0;  // of answers of bare samples (16 bit, mono, little-endian); 0: they are files
    int most_tries = 1;  // as speech::Synthesizer has it
    /// Asks which models there are, where that can be asked. Null: nowhere.
    std::function<http::FetchRequest()> ask_models{};
};

struct OpenAiSpeech {
    std::string url;    // with its version, as "https://api.openai.com/v1"
    std::string key;    // empty: the server asks for none
    std::string model;  // a voice's own is preferred
    std::string voice;  // for voices without an id
};
[[nodiscard]] SpeechApi openai_speech_api(const OpenAiSpeech& service);

struct ElevenLabs {
    std::string url;  // empty: ElevenLabs' own
    std::string key;
    std::string model;  // a voice's own is preferred
    std::string voice;  // for voices without an id
};
[[nodiscard]] SpeechApi elevenlabs_api(ElevenLabs service);

/// @param url With or without its "/api/tts".
[[nodiscard]] SpeechApi coqui_api(const std::string& url);

/// What was said: mono, at its own rate, without the silence at either end. Files of sound are told
/// by their content (clips::sniff_sound_file()), whatever was asked for and whatever their type.
///
/// @param page All of an answer, or its beginning.
/// @param api Its name is for errors.
///
/// Errors: those of speech_refusal_in(); kInternal for an answer that is no sound, is cut short,
/// has nothing in it to be heard, or as much as clips::kLongestClip.
[[nodiscard]] Result<PcmChunk> read_speech(const http::FetchedPage& page, const SpeechApi& api);

/// Looks at an answer while it comes, for http::FetchRequest::is_enough: whether it has more speech
/// by now than anybody can use. Decodes what there is whenever it may be that much, and at first
/// whenever it has doubled.
class EnoughSpeech {
  public:
    EnoughSpeech(StreamDuration longest, int raw_rate_hz)
        : longest_{longest}, raw_rate_hz_{raw_rate_hz} {}

    /// True: read_speech() finds more than `longest` in it.
    [[nodiscard]] bool operator()(const http::FetchedPage& so_far);

  private:
    StreamDuration longest_;
    int raw_rate_hz_;
    std::size_t look_at_ = std::size_t{16} << 10U;  // bytes: fewer than these are not looked at
};

/// Whether `model` speaks `language`, in the list of ElevenLabs; true where that is not said.
[[nodiscard]] bool speaks_language(const http::FetchedPage& models, std::string_view model,
                                   std::string_view language);

}  // namespace livedub::online
