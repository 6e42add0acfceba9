// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One decided fragment as one line of JSON: what programs read that want to know what was said and
// what became of it.

#pragma once

#include <string>

#include "dubbing/decided_fragment.hpp"

namespace livedub::captions {

/// A JSON object on one line, without the line's end. Text that is not UTF-8 is repaired.
[[nodiscard]] std::string to_json_line(const DecidedFragment& fragment);

}  // namespace livedub::captions
