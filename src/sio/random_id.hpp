// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Session ids: who knows one can speak for the session, so nobody may guess it.

#pragma once

#include <string>

namespace livedub::sio {

/// 20 characters of [A-Za-z0-9_-], 120 bits from the system's generator.
[[nodiscard]] std::string make_random_id();

}  // namespace livedub::sio
