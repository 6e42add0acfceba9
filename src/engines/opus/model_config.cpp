// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/model_config.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engines/opus/beam_search.hpp"
#include "engines/opus/vocabulary.hpp"
#include "files/json_excerpt.hpp"

namespace livedub::opus {
namespace {

using nlohmann::json;

constexpr std::size_t kMostLayers = 64;
constexpr std::size_t kMostState = 8'192;
constexpr std::size_t kMostPositions = 8'192;
constexpr double kMostPenalty = 10.0;

/// Reads values out of two objects, of which the second comes first, and keeps the first error.
class Reader {
  public:
    Reader(const json& config, const json& generation) : config_{config}, generation_{generation} {}

    /// @param otherwise When it is not there; nullopt: it has to be.
    std::size_t size(const char* key, std::size_t least, std::size_t most,
                     std::optional<std::size_t> otherwise = std::nullopt) {
        const auto* const value = find(key);
        if (value == nullptr && otherwise) {
            return *otherwise;
        }
        if (value == nullptr || !value->is_number_unsigned() ||
            value->get<std::uint64_t>() < least || value->get<std::uint64_t>() > most) {
            refuse(key, value, fmt::format("{} to {}", least, most));
            return least;
        }
        return value->get<std::size_t>();
    }

    double number(const char* key, double least, double most, double otherwise) {
        const auto* const value = find(key);
        if (value == nullptr) {
            return otherwise;
        }
        if (!value->is_number() || !(value->get<double>() >= least) ||
            !(value->get<double>() <= most)) {
            refuse(key, value, fmt::format("{} to {}", least, most));
            return otherwise;
        }
        return value->get<double>();
    }

    /// A list of lists of one token each: longer ones say what is not to follow what, which no
    /// Marian model has.
    std::vector<TokenId> tokens(const char* key, std::size_t vocabulary) {
        std::vector<TokenId> all;
        const auto* const value = find(key);
        if (value == nullptr) {
            return all;
        }
        const auto is_one = [&](const json& item) {
            return item.is_array() && item.size() == 1 && item[0].is_number_unsigned() &&
                   item[0].get<std::uint64_t>() < vocabulary;
        };
        if (!value->is_array() || value->size() > vocabulary ||
            !std::ranges::all_of(*value, is_one)) {
            refuse(key, value, "a list of lists of one token each");
            return all;
        }
        for (const auto& item : *value) {
            all.push_back(item[0].get<TokenId>());
        }
        return all;
    }

    void refuse(const char* key, const json* value, const std::string& allowed) {
        if (!error_) {
            error_ = fmt::format("{} is {} (allowed: {})", key,
                                 value == nullptr ? "not there" : files::excerpt(*value), allowed);
        }
    }

    [[nodiscard]] const std::optional<std::string>& error() const { return error_; }

    [[nodiscard]] const json* find(const char* key) const {
        for (const auto* const object : {&generation_, &config_}) {
            const auto found = object->find(key);
            if (found != object->end() && !found->is_null()) {
                return &*found;
            }
        }
        return nullptr;
    }

  private:
    const json& config_;
    const json& generation_;
    std::optional<std::string> error_;
};

}  // namespace

Result<ModelConfig> parse_model_config(std::string_view config_text,
                                       std::string_view generation_text) {
    const auto config = json::parse(config_text, nullptr, false);
    const auto generation =
        generation_text.empty() ? json::object() : json::parse(generation_text, nullptr, false);
    for (const auto& [name, parsed] :
         {std::pair{"config.json", &config}, std::pair{"generation_config.json", &generation}}) {
        if (!parsed->is_object()) {
            return fail(ErrorCode::kUnavailable,
                        fmt::format("{} is no JSON object (copied or fetched in part?)", name));
        }
    }
    Reader reader{config, generation};
    const auto* const type = reader.find("model_type");
    if (type != nullptr && *type != "marian") {
        reader.refuse("model_type", type, "marian");
    }
    if (const auto* const shared = reader.find("share_encoder_decoder_embeddings");
        shared != nullptr && *shared == false) {
        reader.refuse("share_encoder_decoder_embeddings", shared, "true: one vocabulary for both");
    }
    ModelConfig result;
    result.vocabulary = reader.size("vocab_size", 2, Vocabulary::kMostPieces);
    result.layers = reader.size("decoder_layers", 1, kMostLayers);
    result.heads = reader.size("decoder_attention_heads", 1, kMostState);
    const auto state = reader.size("d_model", 1, kMostState);
    if (state % result.heads != 0) {
        reader.refuse("d_model", reader.find("d_model"),
                      fmt::format("a multiple of the {} decoder_attention_heads", result.heads));
    }
    result.head_size = state / result.heads;
    result.positions = reader.size("max_position_embeddings", 2, kMostPositions, 512);
    const auto last = result.vocabulary - 1;
    result.end = static_cast<TokenId>(reader.size("eos_token_id", 0, last));
    const auto pad = reader.size("pad_token_id", 0, last);
    result.start = static_cast<TokenId>(reader.size("decoder_start_token_id", 0, last, pad));
    result.banned = reader.tokens("bad_words_ids", result.vocabulary);
    if (std::ranges::find(result.banned, static_cast<TokenId>(pad)) == result.banned.end()) {
        result.banned.push_back(static_cast<TokenId>(pad));
    }
    result.beams = std::min(reader.size("num_beams", 1, 1'000, 1), kMostBeams);
    result.length_penalty = reader.number("length_penalty", 0.0, kMostPenalty, 1.0);
    result.most_tokens =
        std::min(reader.size("max_length", 2, 1'000'000, result.positions), result.positions) - 1;
    if (reader.error()) {
        return fail(ErrorCode::kUnavailable, *reader.error());
    }
    return result;
}

}  // namespace livedub::opus
