// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/engine_factories.hpp"

namespace livedub::engines {

Result<std::unique_ptr<speech::Translator>> make_opus(const opus::OpusOptions& /*options*/) {
    return fail(
        ErrorCode::kInvalidArgument,
        "TRANSLATION_PROVIDER \"opus\" is not in this build; it needs the packages "
        "libonnxruntime-dev, libsentencepiece-dev and libabsl-dev when building (Debian 13 and "
        "later)");
}

Result<void> load_pair(const std::filesystem::path& /*folder*/) {
    return fail(ErrorCode::kInvalidArgument, "Marian models are not in this build");
}

}  // namespace livedub::engines
