// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/recogniser_choice.hpp"

#include <utility>

#include <fmt/format.h>

namespace livedub::engines {

Result<ChosenRecogniser> choose_recogniser(const whisper::WhisperOptions& options,
                                           const RecogniserFactories& factories) {
    auto model = factories.whisper(options);
    std::string why;
    if (!model) {
        why = std::move(model).error().message();
    } else {
        const auto& cost = (*model)->expected_cost();
        why = fmt::format("{} takes {:.2f} of real time here", (*model)->name(),
                          cost.real_time_factor());
        if (cost.real_time_factor() <= kAffordableShare) {
            return ChosenRecogniser{
                .engine = "whisper", .why = std::move(why), .model = std::move(*model)};
        }
        why += fmt::format(", more than {}", kAffordableShare);
    }
    auto packaged = factories.pocketsphinx();
    if (!packaged) {
        return tl::unexpected{
            std::move(packaged).error().with_context("no whisper (" + why + "), and")};
    }
    return ChosenRecogniser{
        .engine = "pocketsphinx", .why = std::move(why), .model = std::move(*packaged)};
}

}  // namespace livedub::engines
