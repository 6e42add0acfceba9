// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/pocketsphinx/model_files.hpp"

#include <system_error>

#include <fmt/format.h>

namespace livedub::pocketsphinx {

std::vector<std::filesystem::path> default_model_directories() {
    std::vector<std::filesystem::path> out{"/usr/local/share/pocketsphinx/model/en-us",
                                           "/usr/share/pocketsphinx/model/en-us"};
    const std::filesystem::path built_in{LIVEDUB_POCKETSPHINX_MODELDIR};
    if (!built_in.empty()) {
        out.insert(out.begin(), built_in / "en-us");
    }
    return out;
}

Result<ModelFiles> find_english_model(const std::vector<std::filesystem::path>& directories) {
    const auto missing = [](const std::filesystem::path& path) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("pocketsphinx: {} is missing: install the package "
                                "pocketsphinx-en-us",
                                path.string()));
    };
    std::error_code ignored;
    for (const auto& directory : directories) {
        if (!std::filesystem::is_directory(directory, ignored)) {
            continue;
        }
        ModelFiles files{.acoustic = directory / "en-us",
                         .language = directory / "en-us.lm.bin",
                         .dictionary = directory / "cmudict-en-us.dict"};
        for (const auto& needed :
             {files.acoustic / "mdef", files.acoustic / "means", files.acoustic / "variances",
              files.acoustic / "transition_matrices", files.acoustic / "feat.params",
              files.language, files.dictionary}) {
            const auto size = std::filesystem::file_size(needed, ignored);
            if (ignored || size == 0) {
                return missing(needed);
            }
        }
        return files;
    }
    return missing(directories.empty() ? "the model" : directories.back());
}

}  // namespace livedub::pocketsphinx
