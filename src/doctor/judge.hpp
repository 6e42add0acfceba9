// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// From what was found out to what is said about it: marks, texts, remedies. Pure functions.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/capacity.hpp"
#include "doctor/facts.hpp"
#include "doctor/finding.hpp"
#include "doctor/machine.hpp"

namespace livedub::doctor {

[[nodiscard]] std::vector<Finding> judge_machine(const Machine& machine);
[[nodiscard]] Finding judge_port(const PortCheck& check);
[[nodiscard]] Finding judge_media(const MediaCheck& check);

/// The cells are the columns of engine_columns().
[[nodiscard]] Finding judge_engine(const EngineCheck& check, const Plan& plan);
[[nodiscard]] std::span<const std::string_view> engine_columns() noexcept;

[[nodiscard]] Finding judge_models(const ModelsCheck& check);

/// @param capacity nullopt: not measured, for `reason`.
[[nodiscard]] std::vector<Finding> judge_capacity(const std::optional<Capacity>& capacity,
                                                  std::string_view reason, const Plan& plan);
[[nodiscard]] Finding judge_service(const ServiceCheck& check);

/// "apt-get install X" for a message that ends in "install the package X"; empty for others.
[[nodiscard]] std::string remedy_in(std::string_view message);

}  // namespace livedub::doctor
