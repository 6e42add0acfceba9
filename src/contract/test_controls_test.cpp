// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <gtest/gtest.h>

#include "contract/bad_message.hpp"
#include "contract/golden.hpp"
#include "contract/session_messages.hpp"

namespace livedub::contract {
namespace {

std::string rule(const std::string& fields) {
    return R"({"enabled":true,"rules":[{)" + fields + "}]}";
}

TEST(ErrorSimulation, IsOffWithoutRulesByDefault) {
    for (const auto* text : {"{}", "", R"({"enabled":null,"rules":null})"}) {
        const auto simulation = parse_error_simulation(text);
        ASSERT_TRUE(simulation.has_value()) << text;
        EXPECT_FALSE(simulation->enabled);
        EXPECT_TRUE(simulation->rules.empty());
    }
}

TEST(ErrorSimulation, ReadsEachKindOfRule) {
    const auto simulation = parse_error_simulation(
        R"({"enabled":true,"rules":[
            {"trigger":"sequence_number","value":3,"error_code":"TIMEOUT"},
            {"trigger":"fragment_id","value":"f-1","error_code":"ASR_FAILED","retryable":false,
             "stage":"asr","error_message":"no"},
            {"trigger":"nth_fragment","value":2.0,"error_code":"GPU_OOM","stage":null}]})");

    ASSERT_TRUE(simulation.has_value()) << simulation.error().message;
    EXPECT_TRUE(simulation->enabled);
    ASSERT_EQ(simulation->rules.size(), 3U);
    const auto& number = simulation->rules[0];
    EXPECT_EQ(number.trigger, ErrorRule::Trigger::kSequenceNumber);
    EXPECT_EQ(std::get<std::int64_t>(number.value), 3);
    EXPECT_EQ(number.error_message, "Simulated error");
    EXPECT_TRUE(number.retryable);
    const auto& id = simulation->rules[1];
    EXPECT_EQ(id.trigger, ErrorRule::Trigger::kFragmentId);
    EXPECT_EQ(std::get<std::string>(id.value), "f-1");
    EXPECT_EQ(id.error_code, "ASR_FAILED");
    EXPECT_EQ(id.error_message, "no");
    EXPECT_FALSE(id.retryable);
    EXPECT_EQ(id.stage, "asr");
    const auto& nth = simulation->rules[2];
    EXPECT_EQ(nth.trigger, ErrorRule::Trigger::kNthFragment);
    EXPECT_EQ(std::get<std::int64_t>(nth.value), 2);
    EXPECT_EQ(nth.stage, std::nullopt);
}

class ErrorSimulationRefuses : public testing::TestWithParam<BadMessage> {};

TEST_P(ErrorSimulationRefuses, AndSaysWhatIsAllowed) {
    const auto simulation = parse_error_simulation(GetParam().json);

    ASSERT_FALSE(simulation.has_value());
    EXPECT_EQ(line_of(simulation.error()), line_of(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(
    Messages, ErrorSimulationRefuses,
    testing::Values(
        BadMessage{"Enabled", R"({"enabled":1})", "enabled",
                   "enabled is 1; it must be true or false"},
        BadMessage{"Rules", R"({"rules":{}})", "rules",
                   "rules is an object; it must be a list of objects"},
        BadMessage{"Rule", R"({"rules":[7]})", "rules[0]", "rules[0] is 7; it must be an object"},
        BadMessage{"NoTrigger", rule(R"("value":1,"error_code":"X")"), "rules[0].trigger",
                   "rules[0].trigger is missing; it must be one of sequence_number, fragment_id, "
                   "nth_fragment"},
        BadMessage{"Trigger", rule(R"("trigger":"x","value":1,"error_code":"X")"),
                   "rules[0].trigger",
                   "rules[0].trigger is \"x\"; it must be one of sequence_number, fragment_id, "
                   "nth_fragment"},
        BadMessage{"TextForNumber",
                   rule(R"("trigger":"sequence_number","value":"1","error_code":"X")"),
                   "rules[0].value",
                   "rules[0].value is \"1\"; it must be an integer from 0 to 9007199254740991"},
        BadMessage{"NumberForId", rule(R"("trigger":"fragment_id","value":1,"error_code":"X")"),
                   "rules[0].value",
                   "rules[0].value is 1; it must be a string of 1 to 128 characters"},
        BadMessage{"ZerothFragment", rule(R"("trigger":"nth_fragment","value":0,"error_code":"X")"),
                   "rules[0].value",
                   "rules[0].value is 0; it must be an integer from 1 to 9007199254740991"},
        BadMessage{"NoCode", rule(R"("trigger":"sequence_number","value":1)"),
                   "rules[0].error_code",
                   "rules[0].error_code is missing; it must be a string of 1 to 128 characters"},
        BadMessage{"Stage",
                   rule(R"("trigger":"sequence_number","value":1,"error_code":"X","stage":"mix")"),
                   "rules[0].stage",
                   "rules[0].stage is \"mix\"; it must be one of asr, translation, tts"}),
    [](const auto& row) { return name_of(row.param); });

TEST(ErrorSimulationAck, IsWrittenWithEveryKey) {
    expect_golden(
        "error_simulation_ack",
        to_json(ErrorSimulationAck{.is_accepted = true, .rules_count = 2, .message = "2 rules"}));
    expect_golden("error_simulation_ack_rejected",
                  to_json(ErrorSimulationAck{.message = "test controls are off"}));
}

TEST(SimulateDisconnect, ReadsDelayAndReason) {
    const auto by_default = parse_simulate_disconnect("");
    ASSERT_TRUE(by_default.has_value());
    EXPECT_EQ(by_default->delay_ms, 0);
    EXPECT_EQ(by_default->reason, "test");

    const auto given = parse_simulate_disconnect(R"({"delay_ms":250,"reason":"drill"})");
    ASSERT_TRUE(given.has_value());
    EXPECT_EQ(given->delay_ms, 250);
    EXPECT_EQ(given->reason, "drill");

    const auto bad = parse_simulate_disconnect(R"({"delay_ms":-1})");
    ASSERT_FALSE(bad.has_value());
    EXPECT_EQ(line_of(bad.error()),
              "MALFORMED_DATA delay_ms: delay_ms is -1; it must be an integer from 0 to 86400000");
}

TEST(SimulateDisconnectAck, IsWrittenWithEveryKey) {
    expect_golden(
        "simulate_disconnect_ack",
        to_json(SimulateDisconnectAck{
            .status = "scheduled", .disconnect_at_ms = 1'700'000'000'250, .message = "in 250 ms"}));
    expect_golden("simulate_disconnect_ack_rejected",
                  to_json(SimulateDisconnectAck{.status = "rejected", .message = "off"}));
}

}  // namespace
}  // namespace livedub::contract
