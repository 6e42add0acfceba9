// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The text of catalogue.json, as the program carries it.

#pragma once

#include <string_view>

namespace livedub::models {

extern const std::string_view kBuiltInCatalogue;

}  // namespace livedub::models
