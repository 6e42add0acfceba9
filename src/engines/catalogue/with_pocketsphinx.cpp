// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/engine_factories.hpp"
#include "engines/pocketsphinx/pocketsphinx_model.hpp"

namespace livedub::engines {

Result<std::unique_ptr<speech::TranscriptionModel>> make_pocketsphinx() {
    return pocketsphinx::load_pocketsphinx();
}

}  // namespace livedub::engines
