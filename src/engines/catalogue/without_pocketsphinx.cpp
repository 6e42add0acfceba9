// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/engine_factories.hpp"

namespace livedub::engines {

Result<std::unique_ptr<speech::TranscriptionModel>> make_pocketsphinx() {
    return fail(ErrorCode::kInvalidArgument,
                "ASR_PROVIDER \"pocketsphinx\" is not in this build; it needs the package "
                "libpocketsphinx-dev when building");
}

}  // namespace livedub::engines
