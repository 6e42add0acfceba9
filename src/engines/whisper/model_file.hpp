// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Where the weights lie, and whether a file can be weights at all. The library trusts what a file
// says of its own sizes; so all of them are looked at before it sees the file.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace livedub::whisper {

/// "base", "base.en", "large-v3", "turbo": the size that `text` names, which may also have
/// "whisper-" before it; nullopt when it names none.
[[nodiscard]] std::optional<std::string> model_size(std::string_view text);

/// For error messages.
inline constexpr std::string_view kModelSizes =
    "tiny, base, small, medium, each of them also with .en, large-v1, large-v2, large-v3, turbo, "
    "and all of them also with whisper- before it";

/// What the settings say of the model.
struct ModelChoice {
    std::string size = "base";   // as model_size() gives it
    std::filesystem::path file;  // ASR_MODEL_PATH: this one; empty: by size
    /// Where models are kept (MODEL_CACHE_DIR), first choice first: in <folder>/whisper/ or
    /// <folder>/.
    std::vector<std::filesystem::path> folders;
};

/// The file of that size: ggml-<size>.bin, else one of the same size with smaller numbers
/// (ggml-<size>-q8_0.bin).
///
/// Errors: kUnavailable, naming what was looked for, where, and what there is instead.
[[nodiscard]] Result<std::filesystem::path> find_model(const ModelChoice& choice);

/// The newest voice gate (ggml-silero*.bin) beside `model` or in the cache; nullopt without one.
[[nodiscard]] std::optional<std::filesystem::path> find_voice_gate(
    const ModelChoice& choice, const std::filesystem::path& model);

/// What a file of weights says of itself.
struct ModelFacts {
    std::int32_t vocabulary = 0;
    std::int32_t audio_positions = 0;
    std::int32_t text_positions = 0;
    bool is_multilingual = false;
};

/// Walks through the whole of the file by its headers.
///
/// Errors: kUnavailable, naming the file and what is wrong with it.
[[nodiscard]] Result<ModelFacts> check_model(const std::filesystem::path& file);

/// The same for a voice gate.
[[nodiscard]] Result<void> check_voice_gate(const std::filesystem::path& file);

/// "whisper-base.en": what results say that they were made by.
[[nodiscard]] std::string model_name(const std::filesystem::path& file);

}  // namespace livedub::whisper
