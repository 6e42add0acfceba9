// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/engine_factories.hpp"
#include "engines/onnx/trial.hpp"
#include "engines/opus_onnx/load_pair.hpp"

namespace livedub::engines {
namespace {

Result<std::unique_ptr<const opus::PairModel>> try_and_load(const opus::ModelFiles& files) {
    return onnx::try_out("pair", files.config.parent_path()).and_then([&] {
        return opus::load_pair(files);
    });
}

}  // namespace

Result<std::unique_ptr<speech::Translator>> make_opus(const opus::OpusOptions& options) {
    return opus::make_opus_translator(options, try_and_load);
}

Result<void> load_pair(const std::filesystem::path& folder) {
    return opus::files_of(folder).and_then(opus::load_pair).map([](const auto& /*model*/) {});
}

}  // namespace livedub::engines
