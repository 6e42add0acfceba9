// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/vits_onnx/local_voices.hpp"

#include <utility>

#include "engines/espeak/espeak_library.hpp"

namespace livedub::vits {

Result<std::unique_ptr<speech::Synthesizer>> make_local_voices(
    const std::vector<VoiceFiles>& voices, LoadWaveModel load, WishLookup look_up,
    std::chrono::milliseconds timeout) {
    auto library = espeak::EspeakLibrary::instance();
    if (!library) {
        return tl::unexpected{std::move(library).error()};
    }
    auto phonemise = [espeak = *library](const std::string& words, const std::string& voice,
                                         const std::stop_token& stop) {
        return espeak->phonemes(words, voice, stop);
    };
    return make_vits_synthesizer(voices, {.load = std::move(load),
                                          .phonemise = std::move(phonemise),
                                          .look_up = std::move(look_up),
                                          .timeout = timeout});
}

}  // namespace livedub::vits
