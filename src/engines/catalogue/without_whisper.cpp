// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/engine_factories.hpp"

namespace livedub::engines {

Result<std::unique_ptr<whisper::WhisperModel>> make_whisper(
    const whisper::WhisperOptions& /*options*/) {
    return fail(ErrorCode::kInvalidArgument,
                "ASR_PROVIDER \"whisper\" is not in this build; it needs the package "
                "libwhisper-dev when building (Debian 14 and later)");
}

}  // namespace livedub::engines
