// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engines/catalogue/engine_factories.hpp"
#include "engines/onnx/model.hpp"
#include "engines/onnx/trial.hpp"
#include "engines/vits_onnx/local_voices.hpp"
#include "engines/vits_onnx/onnx_wave_model.hpp"

namespace livedub::engines {
namespace {

std::string none_in(const vits::VoicePlaces& places) {
    std::vector<std::string> where;
    for (const auto& folder : places.folders) {
        where.push_back(folder.string());
    }
    return fmt::format(
        "there is no voice in {} (livedub models pull, TTS_MODEL_PATH)",
        places.chosen.empty() ? fmt::format("{}", fmt::join(where, ", ")) : places.chosen.string());
}

Result<std::unique_ptr<const vits::WaveModel>> try_and_load(const std::filesystem::path& file) {
    return onnx::try_out("voice", file).and_then([&] { return vits::load_onnx_wave_model(file); });
}

}  // namespace

Result<std::unique_ptr<speech::Synthesizer>> make_vits(const vits::VoicePlaces& places,
                                                       vits::WishLookup look_up,
                                                       std::chrono::milliseconds timeout) {
    const auto voices = vits::voices_in(places);
    if (voices.empty()) {
        return fail(ErrorCode::kUnavailable,
                    "TTS_PROVIDER \"coqui\" without COQUI_URL: " + none_in(places));
    }
    return vits::make_local_voices(voices, try_and_load, std::move(look_up), timeout);
}

Result<void> load_voice(const std::filesystem::path& file) {
    return vits::load_onnx_wave_model(file).map([](const auto& /*model*/) {});
}

bool has_local_voice(const vits::VoicePlaces& places, std::string_view language) {
    const auto voices = vits::voices_in(places);
    return language.empty() ? !voices.empty() : vits::has_voice_for(voices, language);
}

std::string local_voices_version() {
    return "onnxruntime " + onnx::runtime_version();
}

std::string local_voices_line(const vits::VoicePlaces& places) {
    const auto voices = vits::voices_in(places);
    return voices.empty() ? none_in(places) : vits::list_of(voices);
}

}  // namespace livedub::engines
