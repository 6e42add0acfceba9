// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/engine_factories.hpp"

namespace livedub::engines {

Result<std::unique_ptr<whisper::WhisperModel>> make_whisper(
    const whisper::WhisperOptions& options) {
    return whisper::load_whisper(options);
}

}  // namespace livedub::engines
