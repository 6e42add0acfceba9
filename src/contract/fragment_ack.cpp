// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <utility>

#include "contract/error_codes.hpp"
#include "contract/fields.hpp"
#include "contract/fragment_messages.hpp"
#include "contract/json_writer.hpp"
#include "contract/peer_fields.hpp"

namespace livedub::contract {

Checked<FragmentAck> parse_fragment_ack(std::string_view json) {
    const std::string code{error_code::kMalformedData};
    auto document = parse_object(json, code);
    if (!document) {
        return tl::unexpected{std::move(document).error()};
    }
    Complaint complaint{code};
    Fields required{&document->root(), "", complaint};
    FragmentAck ack;
    ack.fragment_id = required.text("fragment_id", {.least = 1});
    const PeerFields top{&document->root()};
    ack.status = top.text("status").value_or("");
    ack.timestamp = top.integer("timestamp").value_or(0);
    ack.queue_position = top.integer("queue_position");
    ack.estimated_completion_ms = top.integer("estimated_completion_ms");
    return unless(complaint, std::move(ack));
}

std::string to_json(const FragmentAck& ack) {
    JsonWriter json;
    json.text("fragment_id", ack.fragment_id);
    json.text("status", ack.status);
    json.integer("timestamp", ack.timestamp);
    json.integer_or_null("queue_position", ack.queue_position);
    json.integer_or_null("estimated_completion_ms", ack.estimated_completion_ms);
    return std::move(json).finish();
}

std::string client_ack_to_json(const FragmentAck& ack) {
    JsonWriter json;
    json.text("fragment_id", ack.fragment_id);
    json.text("status", ack.status);
    json.integer("timestamp", ack.timestamp);
    return std::move(json).finish();
}

}  // namespace livedub::contract
