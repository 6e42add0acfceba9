// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/finished_fragment.hpp"

#include <utility>

namespace livedub::sts_session {

void encode(FinishedFragment& finished, contract::Dialect dialect) {
    auto audio = std::exchange(finished.result.dubbed_audio, std::nullopt);
    auto whole = finished.result;
    whole.dubbed_audio = std::move(audio);
    finished.encoded = std::make_shared<const sio::Event>(to_event(std::move(whole), dialect));
}

sio::Event to_event(contract::FragmentProcessed result, contract::Dialect dialect) {
    auto message = to_json(std::move(result), dialect);
    return {.name = "fragment:processed",
            .argument = std::move(message.json),
            .attachments = std::move(message.attachments),
            .inset = std::move(message.inset)};
}

}  // namespace livedub::sts_session
