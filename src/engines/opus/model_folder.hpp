// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Where the files of a pair of languages are: in a folder opus-mt-<source>-<target> of a directory
// of models, as `livedub models pull opus-mt-en-es` and Hugging Face's optimum lay it out.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace livedub::opus {

/// Of one pair. Paths of files that are there.
struct ModelFiles {
    std::filesystem::path encoder;        // encoder_model.onnx, else encoder_model_quantized.onnx
    std::filesystem::path decoder;        // decoder_model_merged.onnx, else ..._quantized.onnx
    std::filesystem::path source_pieces;  // source.spm
    std::filesystem::path target_pieces;  // target.spm
    std::filesystem::path vocabulary;     // vocab.json
    std::filesystem::path config;         // config.json
    std::filesystem::path generation;     // generation_config.json; empty: not there
};

/// What a folder of `source` and `target` (primary languages) is called.
[[nodiscard]] std::string folder_name(std::string_view source, std::string_view target);

/// The pairs there are, folders that lack files too, in order: of a pair that is in several
/// directories the folder of the first.
[[nodiscard]] std::vector<std::filesystem::path> pair_folders(
    const std::vector<std::filesystem::path>& directories);

/// The two graphs may also be in onnx/ of the folder.
///
/// Errors: kUnavailable, naming the folder and all that it lacks.
[[nodiscard]] Result<ModelFiles> files_of(const std::filesystem::path& folder);

}  // namespace livedub::opus
