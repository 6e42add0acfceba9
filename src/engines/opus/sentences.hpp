// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A text as its sentences. Marian models were made from single ones: of two they often lose one.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace livedub::opus {

/// Without the spaces around them; none of them is empty. A sentence ends with one of . ! ? … and
/// what closes quotes, before a space and something that is not in lower case; not after "Mr." and
/// the like, and not after a single letter. Chinese and Japanese stops need no space.
[[nodiscard]] std::vector<std::string> to_sentences(std::string_view text);

}  // namespace livedub::opus
