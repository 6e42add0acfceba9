// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Plain text to and from Apertium's stream format, as pure functions. One unescaped special
// character makes the whole pipeline die ("malformed input stream"), so nothing else may write to
// it.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace livedub::apertium {

/// `text` ready for the first stage: special characters escaped, control characters and Apertium's
/// own word marks (* #) made spaces, closed by a full stop where it has no stop and an empty
/// format block, without which the last stop is lost. Carries no NUL.
[[nodiscard]] std::string encode(std::string_view text);

struct Decoded {
    std::string text;  // marks and escapes removed, runs of spaces made one
    std::size_t words = 0;
    std::vector<std::string> unknown_words{};  // left in the source language by the dictionaries
};

/// What the last stage answered, up to and without its NUL.
[[nodiscard]] Decoded decode(std::string_view stream);

}  // namespace livedub::apertium
