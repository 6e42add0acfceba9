// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/espeak/espeak_library.hpp"

#include <string_view>
#include <utility>

#include <espeak-ng/speak_lib.h>
#include <fmt/format.h>

namespace livedub::espeak {

namespace {

/// Samples come in buffers of this length, so it is also how soon a stop is noticed.
constexpr int kBufferMs = 20;

/// What the callback works on. One at a time: whoever has the turn.
struct Recording {
    const std::stop_token& stop;
    std::vector<std::int16_t> samples;
};
Recording* g_recording = nullptr;

extern "C" int livedub_on_espeak_samples(short* samples, int count, espeak_EVENT* /*events*/) {
    if (g_recording == nullptr || g_recording->stop.stop_requested()) {
        return 1;  // abandons the rest
    }
    if (samples != nullptr && count > 0) {
        g_recording->samples.insert(g_recording->samples.end(), samples, samples + count);
    }
    return 0;
}

std::vector<InstalledVoice> list_voices() {
    std::vector<InstalledVoice> out;
    for (const espeak_VOICE** entry = espeak_ListVoices(nullptr); *entry != nullptr; ++entry) {
        const espeak_VOICE& voice = **entry;
        const std::string_view identifier{voice.identifier};
        // MBROLA voices are listed whether or not MBROLA is there; "!v" are timbres, not voices.
        if (identifier.starts_with("mb/") || identifier.starts_with("!v/")) {
            continue;
        }
        // Each language is a priority byte and a C string; a zero byte ends the list.
        for (const char* at = voice.languages; *at != '\0';) {
            const std::string language{at + 1};
            out.push_back({.language = language,
                           .identifier = std::string{identifier},
                           .priority = static_cast<unsigned char>(*at)});
            at += language.size() + 2;
        }
    }
    return out;
}

}  // namespace

Result<EspeakLibrary*> EspeakLibrary::instance() {
    static Mutex mutex;
    static std::unique_ptr<EspeakLibrary> library LIVEDUB_GUARDED_BY(mutex);
    const MutexLock lock{mutex};
    if (!library) {
        const int rate = espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, kBufferMs, nullptr,
                                           espeakINITIALIZE_DONT_EXIT);
        if (rate <= 0) {
            return fail(ErrorCode::kUnavailable,
                        "espeak-ng finds no voice data: install the package espeak-ng-data");
        }
        espeak_SetSynthCallback(&livedub_on_espeak_samples);
        library.reset(new EspeakLibrary{rate});
    }
    return library.get();
}

EspeakLibrary::EspeakLibrary(int sample_rate_hz)
    : sample_rate_hz_{sample_rate_hz}, voices_{list_voices()} {}

template <typename Work>
auto EspeakLibrary::in_turn(const std::stop_token& stop, Work work) -> decltype(work()) {
    {
        const MutexLock lock{mutex_};
        if (!idle_.wait(mutex_, stop, [this]() LIVEDUB_REQUIRES(mutex_) { return !busy_; }) ||
            stop.stop_requested()) {
            return fail(ErrorCode::kCancelled, "stopped");
        }
        busy_ = true;
    }
    auto done = work();
    {
        const MutexLock lock{mutex_};
        busy_ = false;
    }
    idle_.notify_one();
    return done;
}

Result<std::vector<std::int16_t>> EspeakLibrary::speak(const Utterance& utterance,
                                                       const std::stop_token& stop) {
    return in_turn(stop, [&] { return take_turn(utterance, stop); });
}

Result<std::string> EspeakLibrary::phonemes(const std::string& text, const std::string& voice,
                                            const std::stop_token& stop) {
    return in_turn(stop, [&] { return take_turn(text, voice, stop); });
}

Result<std::vector<std::int16_t>> EspeakLibrary::take_turn(const Utterance& utterance,
                                                           const std::stop_token& stop) {
    if (espeak_SetVoiceByName(utterance.voice.c_str()) != EE_OK) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("espeak-ng has no voice '{}'", utterance.voice));
    }
    espeak_SetParameter(espeakRATE, utterance.rate_wpm, 0);
    Recording recording{.stop = stop, .samples = {}};
    g_recording = &recording;
    const auto status = espeak_Synth(utterance.text.c_str(), utterance.text.size() + 1, 0,
                                     POS_CHARACTER, 0, espeakCHARS_UTF8, nullptr, nullptr);
    g_recording = nullptr;
    if (stop.stop_requested()) {
        return fail(ErrorCode::kCancelled, "stopped");
    }
    if (status != EE_OK) {
        return fail(ErrorCode::kInternal,
                    fmt::format("espeak-ng failed (status {})", static_cast<int>(status)));
    }
    return std::move(recording.samples);
}

Result<std::string> EspeakLibrary::take_turn(const std::string& text, const std::string& voice,
                                             const std::stop_token& stop) {
    if (espeak_SetVoiceByName(voice.c_str()) != EE_OK) {
        return fail(ErrorCode::kInvalidArgument, fmt::format("espeak-ng has no voice '{}'", voice));
    }
    constexpr int kIpa = 0x02;
    std::string phonemes;
    const void* rest = text.c_str();
    while (rest != nullptr) {
        if (stop.stop_requested()) {
            return fail(ErrorCode::kCancelled, "stopped");
        }
        const char* const clause = espeak_TextToPhonemes(&rest, espeakCHARS_UTF8, kIpa);
        if (clause == nullptr || *clause == '\0') {
            continue;
        }
        phonemes += phonemes.empty() ? "" : " ";
        phonemes += clause;
    }
    return phonemes;
}

}  // namespace livedub::espeak
