// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/engine_factories.hpp"
#include "engines/pocketsphinx/pocketsphinx_model.hpp"

namespace livedub::engines {
namespace {

/// How sure the decoder must be of a group of words. The engine's own limit is for whoever gives it
/// any sound; the pipeline only gives it what a voice activity gate let through, and there it would
/// cost every third sentence of clear speech over a quiet crowd (their mean is 0.3 to 0.4).
constexpr double kMinPosterior = 0.25;

}  // namespace

Result<std::unique_ptr<speech::TranscriptionModel>> make_pocketsphinx() {
    return pocketsphinx::load_pocketsphinx({.limits = {.min_posterior = kMinPosterior}});
}

}  // namespace livedub::engines
