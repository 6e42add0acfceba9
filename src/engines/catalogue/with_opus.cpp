// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/engine_factories.hpp"
#include "engines/opus_onnx/load_pair.hpp"

namespace livedub::engines {

Result<std::unique_ptr<speech::Translator>> make_opus(const opus::OpusOptions& options) {
    return opus::make_opus_translator(options, opus::load_pair);
}

}  // namespace livedub::engines
