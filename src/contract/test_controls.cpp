// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <utility>

#include "contract/error_codes.hpp"
#include "contract/fields.hpp"
#include "contract/json_writer.hpp"
#include "contract/session_messages.hpp"

namespace livedub::contract {
namespace {

constexpr Length kAnyText{.least = 0, .most = kAnyLength};

ErrorRule::Trigger read_trigger(Fields& rule) {
    constexpr std::array<std::string_view, 3> kTriggers{"sequence_number", "fragment_id",
                                                        "nth_fragment"};
    if (!rule.has("trigger")) {
        rule.refuse("trigger", "one of sequence_number, fragment_id, nth_fragment");
    }
    const auto trigger = rule.choice_if("trigger", kTriggers).value_or("");
    if (trigger == "fragment_id") {
        return ErrorRule::Trigger::kFragmentId;
    }
    return trigger == "nth_fragment" ? ErrorRule::Trigger::kNthFragment
                                     : ErrorRule::Trigger::kSequenceNumber;
}

ErrorRule read_rule(Fields rule) {
    constexpr std::array<std::string_view, 3> kStages{"asr", "translation", "tts"};
    ErrorRule read;
    read.trigger = read_trigger(rule);
    if (read.trigger == ErrorRule::Trigger::kFragmentId) {
        read.value = rule.text("value", {.least = 1});
    } else {
        const bool is_count = read.trigger == ErrorRule::Trigger::kNthFragment;
        read.value = rule.integer("value", {.least = is_count ? 1 : 0});
    }
    read.error_code = rule.text("error_code", {.least = 1});
    read.error_message = rule.text_if("error_message", kAnyText).value_or("Simulated error");
    read.retryable = rule.flag_if("retryable").value_or(true);
    read.stage = rule.choice_if("stage", kStages);
    return read;
}

}  // namespace

Checked<ErrorSimulation> parse_error_simulation(std::string_view json) {
    const std::string code{error_code::kMalformedData};
    auto document = parse_optional_object(json, code);
    if (!document) {
        return tl::unexpected{std::move(document).error()};
    }
    Complaint complaint{code};
    Fields top{&document->root(), "", complaint};
    ErrorSimulation simulation;
    simulation.enabled = top.flag_if("enabled").value_or(false);
    top.each_object_if(
        "rules", [&](Fields rule) { simulation.rules.push_back(read_rule(std::move(rule))); });
    return unless(complaint, std::move(simulation));
}

std::string to_json(const ErrorSimulationAck& ack) {
    JsonWriter json;
    json.text("status", ack.is_accepted ? "accepted" : "rejected");
    json.integer("rules_count", ack.rules_count);
    json.text("message", ack.message);
    return std::move(json).finish();
}

Checked<SimulateDisconnect> parse_simulate_disconnect(std::string_view json) {
    constexpr std::int64_t kOneDayMs = 86'400'000;
    const std::string code{error_code::kMalformedData};
    auto document = parse_optional_object(json, code);
    if (!document) {
        return tl::unexpected{std::move(document).error()};
    }
    Complaint complaint{code};
    Fields top{&document->root(), "", complaint};
    SimulateDisconnect wish;
    wish.delay_ms = top.integer_if("delay_ms", {.least = 0, .most = kOneDayMs}).value_or(0);
    wish.reason = top.text_if("reason", kAnyText).value_or("test");
    return unless(complaint, std::move(wish));
}

std::string to_json(const SimulateDisconnectAck& ack) {
    JsonWriter json;
    json.text("status", ack.status);
    json.integer_or_null("disconnect_at_ms", ack.disconnect_at_ms);
    json.text("message", ack.message);
    return std::move(json).finish();
}

}  // namespace livedub::contract
