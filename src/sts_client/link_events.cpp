// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/link_events.hpp"

#include <utility>
#include <variant>

#include "wire/base64.hpp"

namespace livedub::sts_client {
namespace {

struct ToEvent {
    sio::Event operator()(contract::StreamInit& init) const {
        return {.name = "stream:init", .argument = contract::to_json(init), .attachments = {}};
    }
    sio::Event operator()(contract::FragmentData& data) const {
        if (!data.audio.is_binary) {
            data.audio.data = wire::encode_base64(data.audio.data);
        }
        auto message = contract::to_json(std::move(data));
        return {.name = "fragment:data",
                .argument = std::move(message.json),
                .attachments = std::move(message.attachments)};
    }
    sio::Event operator()(contract::FragmentAck& ack) const {
        return {.name = "fragment:ack",
                .argument = contract::client_ack_to_json(ack),
                .attachments = {}};
    }
    sio::Event operator()(contract::StreamControl& end) const {
        return {.name = "stream:end", .argument = contract::to_json(end), .attachments = {}};
    }
};

}  // namespace

sio::Event to_event(action::Send send) {
    return std::visit(ToEvent{}, send.message);
}

}  // namespace livedub::sts_client
