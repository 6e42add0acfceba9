// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the files beside the weights say of a Marian model: its sizes (config.json) and how it is to
// be asked (generation_config.json, in older exports config.json too).

#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engines/opus/next_tokens.hpp"

namespace livedub::opus {

struct ModelConfig {
    std::size_t vocabulary = 0;
    std::size_t layers = 0;  // of the decoder, as the next two
    std::size_t heads = 0;
    std::size_t head_size = 0;
    std::size_t positions = 0;  // the longest text, in tokens, either way

    TokenId start = 0;
    TokenId end = 0;
    std::vector<TokenId> banned{};
    std::size_t beams = 1;  // at most kMostBeams
    double length_penalty = 1.0;
    std::size_t most_tokens = 0;  // of a translation
};

/// @param config_text That of config.json.
/// @param generation_text That of generation_config.json, which comes first; empty: there is none.
///
/// Errors: kUnavailable, naming the value and what is allowed, or the file that is no JSON.
[[nodiscard]] Result<ModelConfig> parse_model_config(std::string_view config_text,
                                                     std::string_view generation_text);

}  // namespace livedub::opus
