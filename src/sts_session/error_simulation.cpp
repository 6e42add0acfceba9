// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/error_simulation.hpp"

#include <string>
#include <utility>
#include <variant>

namespace livedub::sts_session {
namespace {

bool matches(const contract::ErrorRule& rule, std::string_view fragment_id,
             std::int64_t sequence_number, std::int64_t count) {
    using Trigger = contract::ErrorRule::Trigger;
    const auto* const number = std::get_if<std::int64_t>(&rule.value);
    const auto* const text = std::get_if<std::string>(&rule.value);
    switch (rule.trigger) {
        case Trigger::kSequenceNumber:
            return number != nullptr && *number == sequence_number;
        case Trigger::kFragmentId:
            return text != nullptr && *text == fragment_id;
        case Trigger::kNthFragment:
            return number != nullptr && *number > 0 && count % *number == 0;
    }
    return false;
}

}  // namespace

void FailureScript::set(contract::ErrorSimulation simulation) {
    simulation_ = std::move(simulation);
}

std::optional<contract::ProcessingError> FailureScript::next(std::string_view fragment_id,
                                                             std::int64_t sequence_number) {
    ++count_;
    if (!simulation_.enabled) {
        return std::nullopt;
    }
    for (const auto& rule : simulation_.rules) {
        if (matches(rule, fragment_id, sequence_number, count_)) {
            return contract::ProcessingError{.stage = rule.stage,
                                             .code = rule.error_code,
                                             .message = rule.error_message,
                                             .retryable = rule.retryable};
        }
    }
    return std::nullopt;
}

}  // namespace livedub::sts_session
